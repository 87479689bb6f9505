import Foundation
import HuesCore
import Testing

@testable import HuesDemoKit

/// The models over the real core, in the hands of somebody who reads and types.
@MainActor @Suite(.timeLimit(.minutes(1))) struct ModelTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("hues-demo-\(UUID().uuidString)").path

    @Test func aReportIsWrittenRefusedWithTheCoresWordsFiledAndSeenEverywhere() async throws {
        let core = try await open()
        let reports = ReportsModel(core: core)
        let following = Task { await reports.follow() }
        try await until { reports.notice == Labels.none.here }

        let write = WriteModel(core: core)
        await write.begin()
        write.category = "ha_tang.o_ga"
        await write.send()
        #expect(write.notice == HueError.Invalid(field: "text", rule: "empty").text(language) && !write.filed)
        write.what = "Ổ gà lớn trước chợ Đông Ba"
        write.place = "Trước cổng số 2"
        let question = try #require(write.questions.first { $0.required })
        write.answers[question.code] = try #require(write.choices(of: question).first).code
        await write.addPhoto(try #require(Data(base64Encoded: Self.png)))
        #expect(write.notice.contains("1 \(Labels.photos.here)"))
        await write.send()
        #expect(write.filed, "\(write.notice)")

        try await until { reports.lines.map(\.text) == ["Ổ gà lớn trước chợ Đông Ba"] }
        let line = try #require(reports.lines.first)
        #expect(stateWords(line.state) == stateWords("queued") && reports.notice.isEmpty)
        let report = ReportModel(core: core, id: line.id)
        let reading = Task { await report.follow() }
        try await until { report.report?.placeWords == "Trước cổng số 2" }
        #expect(report.timeline.count == 1)

        let outbox = OutboxModel(core: core)
        let watching = Task { await outbox.follow() }
        try await until { outbox.items.count == 1 }
        #expect(!outbox.words(for: outbox.items[0]).isEmpty && outbox.items[0].editable)
        await outbox.takeBack(outbox.items[0])
        try await until { outbox.notice == Labels.allSent.here && reports.lines.isEmpty }

        // Taken back, it is a draft again with everything in it.
        let again = WriteModel(core: core)
        await again.begin()
        #expect(again.what == "Ổ gà lớn trước chợ Đông Ba" && again.place == "Trước cổng số 2")
        #expect(again.answers[question.code] != nil)
        for task in [following, reading, watching] { task.cancel() }
        for task in [following, reading, watching] { await task.value }
    }

    @Test func whatWasTypedIsThereAgain() async throws {
        let core = try await open()
        let write = WriteModel(core: core)
        await write.begin()
        write.what = "Cây ngã chắn đ"
        await write.save()
        let again = WriteModel(core: core)
        await again.begin()
        #expect(again.what == "Cây ngã chắn đ")
        #expect(try await core.feedback().drafts().count == 1)
    }

    @Test func signingInWithoutACityIsRefusedInWords() async throws {
        let reports = ReportsModel(core: try await open())
        await reports.signIn()
        #expect(!reports.notice.isEmpty && !reports.signedIn)
    }

    @Test func aCityIsReadFromItsFile() throws {
        let root = String(repeating: "0a", count: 32)
        let city = try DemoCity.address(from: Data(#"{"url":"https://x","root":"\#(root)","ca":"-----BEGIN\nAQI=\n-----END"}"#.utf8))
        #expect(city.rootKey == Data(repeating: 10, count: 32) && city.tlsRoots == [Data([1, 2])])
        #expect(throws: (any Error).self) { try DemoCity.address(from: Data(#"{"url":"https://x","root":"0a"}"#.utf8)) }
        #expect(moment(1_761_638_400_000) == "28/10/2025 15:00")
    }

    private func open() async throws -> HuesCore {
        let core = try await HuesCore.open(home: home, vault: TokenVault())
        try await core.start(link: .none)
        return core
    }

    private func until(_ seen: () -> Bool) async throws {
        while !seen() { try await Task.sleep(nanoseconds: 5_000_000) }
    }

    private static let png = 
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsEty/aMYywi+hcEKLNO+FgEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGBywLKp0DxvxLbjwAAAABJRU5ErkJggg=="
}

/// A vault whose secrets never leave the process: what it gives out is a random token, not a ciphertext. Never for an app.
private final class TokenVault: KeyVault, @unchecked Sendable {
    // Guards `kept`: the core calls from its own threads.
    private let lock = NSLock()
    private var kept: [Data: (name: String, associated: Data, secret: Data)] = [:]

    func create(name: String, `class`: SlotClass) throws {}

    func seal(name: String, associated: Data, secret: Data) throws -> Data {
        let token = Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        lock.withLock { kept[token] = (name, associated, secret) }
        return token
    }

    func open(name: String, associated: Data, sealed: Data) throws -> Data {
        guard let entry = lock.withLock({ kept[sealed] }), entry.name == name else { throw VaultError.Gone }
        guard entry.associated == associated else { throw VaultError.Mismatch }
        return entry.secret
    }

    func destroy(name: String) throws {
        lock.withLock { kept = kept.filter { $0.value.name != name } }
    }

    func hardware() throws -> Bool { false }
}
