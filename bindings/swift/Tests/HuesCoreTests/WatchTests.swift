import Foundation
import Testing

@testable import HuesCore

/// What can go wrong between a screen that comes and goes and the core beneath it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WatchTests {
    let phone = Phone()

    @Test func stepsGiveTheList() {
        func line(_ id: String, _ state: String = "queued") -> ReportSummary {
            ReportSummary(
                id: id, state: state, category: "", text: id, ward: nil, photoCount: 0, filedAt: 0, due: nil,
                pending: true)
        }
        var lines: [ReportSummary] = []
        lines.apply([.reset(items: [line("a"), line("b")])])
        lines.apply([
            .insert(index: 0, item: line("c")), .move(from: 0, to: 2), .update(index: 1, item: line("b", "received")),
            .remove(index: 0),
        ])
        #expect(lines == [line("b", "received"), line("c")])
    }

    @Test func oneReaderSeesTheListGrowToTheEnd() async throws {
        let core = try await phone.open()
        let filing = Task {
            for number in 0..<20 { try await core.file("Rác số \(number)") }
        }
        var sizes: [Int] = []
        for try await lines in core.feedback().reports() {
            sizes.append(lines.count)
            if lines.count == 20 { break }
        }
        try await filing.value
        #expect(sizes == sizes.sorted())
        let texts = try await core.feedback().reports().until().map(\.text)
        #expect(texts == (0..<20).reversed().map { "Rác số \($0)" })
    }

    @Test func tenThousandScreensThatCameAndWentLeaveNothingBehind() async throws {
        let core = try await phone.open()
        try await core.file("Nước ngập ngang gối")
        let feedback = core.feedback()
        func watch(_ rounds: Int) async throws {
            for _ in 0..<rounds {
                let lines = try await feedback.reports().until()
                #expect(lines.count == 1)
            }
        }
        try await watch(1_000)
        let before = try resident()
        try await watch(10_000)
        let grown = try resident() - before
        // The process's memory: `cargo xtask test` runs the tests one after the other (`--no-parallel`), so that it is this test's. Measured: 0.1 MB; with every subscription kept on purpose, 10.5 MB.
        #expect(grown < 3_000, "\(grown) KiB more after 10,000 watches")
    }

    @Test func aCallGivenUpLeavesTheCoreUsableAndADraftWholeOrAbsent() async throws {
        let core = try await phone.open()
        for round in 0..<200 {
            let drafting = Task { try await core.feedback().newDraft(input: pothole("Bỏ dở \(round)")) }
            let watching = Task { try await core.feedback().reports().until() }
            drafting.cancel()
            watching.cancel()
            _ = await (drafting.result, watching.result)
        }
        let kept = try await core.feedback().drafts()
        #expect(kept.allSatisfy { $0.input == pothole($0.input.text) })
        #expect(try await core.status().drafts == UInt64(kept.count))
        try await core.file("Vẫn gửi được")
        #expect(try await core.feedback().reports().until { !$0.isEmpty }.count == 1)
    }

    /// Resident memory of this process, KiB.
    private func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return try #require(Int(line?.filter(\.isNumber) ?? ""))
    }
}
