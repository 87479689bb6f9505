import Foundation
import Testing

@testable import HuesCore

/// Cancel at every await. Swift gives no cancellation to the core: what was called ends whole, whatever becomes of its task.
@Suite(.timeLimit(.minutes(2)), .enabled(if: SandboxCity.available, "HUES_BIN names no program with the verb `city`"))
struct CancelTests {
    @Test func everyAsyncFunctionGivenUpAtOnceAndAtRandomMomentsLeavesACoreThatWorks() async throws {
        let city = try SandboxCity()
        let phone = Phone()
        let core = try await phone.open(city: city.address)
        try await core.start(link: .good)
        _ = try await core.signInSandbox(name: "officer", staff: "ioc")
        let draft = try await core.feedback().newDraft(input: pothole("Đèn hỏng")).id
        let filed = try await core.file("Cây ngã")
        for call in calls(core, draft: draft, filed: filed, folder: phone.home + "-export") {
            await givenUp(after: 0, call)
            for _ in 0..<8 { await givenUp(after: UInt64.random(in: 0..<3_000_000), call) }
        }
        try await core.networkChanged(link: .good)
        try await core.powerChanged(power: .normal)
        try await core.foregroundChanged(foreground: true)
        _ = try await core.signInSandbox(name: "officer", staff: "ioc")
        let last = try await core.file("Vẫn gửi được")
        while try await !core.feedback().report(list: .mine, id: last.id).proof {
            try await core.refresh()
            _ = try await core.settle(budgetMs: 1_000)
        }
        let proof = try await core.exportProof(report: last.id, compact: false)
        #expect(try await verifyProof(proof: proof, keys: city.keys()).report == last.id)
        try? FileManager.default.removeItem(atPath: phone.home + "-export")
    }

    @Test func aReportThatWasHandedInIsFiledThoughNobodyWaitsForIt() async throws {
        let phone = Phone()
        let core = try await phone.open()
        let feedback = core.feedback()
        var drafts: Set<String> = []
        for number in 0..<200 { drafts.insert(try await feedback.newDraft(input: pothole("Rác số \(number)")).id) }
        for draft in drafts { await givenUp(after: 0) { _ = try await feedback.submit(draft: draft) } }
        #expect(try await feedback.drafts().isEmpty)
        #expect(try await Set(feedback.list(list: .mine, cursor: nil, limit: 200).items.map(\.id)) == drafts)
    }

    /// Starts `call`, gives it up some nanoseconds later and waits for its end; what it throws is nobody's.
    private func givenUp(after nanos: UInt64, _ call: @escaping @Sendable () async throws -> Void) async {
        let task = Task { try await call() }
        if nanos > 0 { try? await Task.sleep(nanoseconds: nanos) }
        task.cancel()
        _ = await task.result
    }

    private func calls(
        _ core: HuesCore, draft: String, filed: Submitted, folder: String
    ) -> [@Sendable () async throws -> Void] {
        let (feedback, officer, outbox, report) = (core.feedback(), core.officer(), core.outbox(), filed.id)
        let preview = PublicPreview(
            id: report, category: "ha_tang.o_ga", text: "", ward: nil, lat: nil, lon: nil, gridM: nil, photos: [], answer: nil)
        return [
            { _ = try await feedback.categories() },
            { _ = try await feedback.newDraft(input: pothole("Bỏ dở")) },
            { _ = try await feedback.saveDraft(id: draft, input: pothole("Bỏ dở")) },
            { _ = try await feedback.drafts() },
            { _ = try await feedback.draft(id: draft) },
            { _ = try await feedback.addPhoto(draft: draft, image: Photos.red) },
            { _ = try await feedback.removePhoto(draft: draft, sha256: draft) },
            { _ = try await feedback.discardDraft(id: draft) },
            { _ = try await feedback.submit(draft: draft) },
            { _ = try await feedback.list(list: .mine, cursor: nil, limit: 10) },
            { _ = try await feedback.search(list: .mine, query: "cay", cursor: nil, limit: 10) },
            { _ = try await feedback.report(list: .mine, id: report) },
            { _ = try await feedback.supplement(report: report, text: "Thêm", photos: [Photos.green]) },
            { _ = try await feedback.rate(report: report, stars: 4, text: nil) },
            { _ = try await feedback.inbox(cursor: nil, limit: 10) },
            { for try await _ in feedback.reports() { break } },
            { _ = try await officer.worklist(cursor: nil, limit: 10) },
            { _ = try await officer.search(query: "cay", cursor: nil, limit: 10) },
            { _ = try await officer.report(id: report) },
            { for try await _ in officer.reports() { break } },
            { _ = try await officer.verify(report: report, note: nil) },
            { _ = try await officer.assign(report: report, unit: "ha_tang_do_thi") },
            { _ = try await officer.ask(report: report, question: "Ở đâu?") },
            { _ = try await officer.answer(report: report, text: "Xong", photos: [Photos.blue]) },
            { _ = try await officer.preview(report: report) },
            { _ = try await officer.publish(preview: preview) },
            { _ = try await officer.refuse(report: report, reason: "Trùng") },
            { _ = try await outbox.items(done: true) },
            { for try await _ in outbox.items() { break } },
            { _ = try await outbox.retry(op: filed.op) },
            { _ = try await outbox.discard(op: filed.op) },
            { _ = try await feedback.withdraw(report: report, reason: nil) },
            { _ = try await core.status() },
            { _ = try await core.settle(budgetMs: 5) },
            { _ = try await core.drain(budgetMs: 5) },
            { try await core.refresh() },
            { try await core.lowMemory() },
            { try await core.powerChanged(power: .low) },
            { try await core.foregroundChanged(foreground: false) },
            { _ = try await core.photo(sha256: report + report) },
            { _ = try await core.exportProof(report: report, compact: true) },
            { try await core.exportAccount(folder: folder) },
            { try await core.networkChanged(link: .none) },
            { try await core.start(link: .good) },
            { try await core.signOut() },
            { _ = try await core.signInSandbox(name: "officer", staff: "ioc") },
        ]
    }
}
