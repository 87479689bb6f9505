import Foundation
import Testing

@testable import HuesCore

/// A phone that never saw the city, from Swift: what is entered is kept, refused with words, and seen by who watches.
@Suite(.timeLimit(.minutes(2))) struct OfflineTests {
    let phone = Phone()

    @Test func anEmptyTextIsRefusedByNameInBothLanguagesAndTheDraftStays() async throws {
        let core = try await phone.open()
        let feedback = core.feedback()
        let draft = try await feedback.newDraft(input: pothole("  \n "))
        let error = HueError.Invalid(field: "text", rule: "empty")
        await #expect(throws: error) { try await feedback.submit(draft: draft.id) }
        #expect(error.text().contains("nội dung"))
        #expect(error.text(.en).count > 10 && error.text(.en) != error.text())
        #expect(try await feedback.draft(id: draft.id).input.text == "  \n ")
    }

    @Test func whoWatchesSeesTheReportThatIsFiledAndWhatWaits() async throws {
        let core = try await phone.open()
        #expect(try await core.feedback().reports().until().isEmpty)
        let filed = try await core.file("Ổ gà lớn trước chợ Đông Ba")
        let lines = try await core.feedback().reports().until { !$0.isEmpty }
        #expect(lines.map(\.id) == [filed.id])
        #expect(lines.map(\.text) == ["Ổ gà lớn trước chợ Đông Ba"])
        #expect(lines.map(\.state) == ["queued"])
        #expect(try await core.outbox().items().until { !$0.isEmpty }.map(\.op) == [filed.op])
    }

    @Test func aHomeHasOneOwnerAndWhatItHoldsOutlivesIt() async throws {
        let phone = phone
        let filed = try await {
            let core = try await phone.open()
            await #expect(throws: HueError.Busy) { try await phone.open() }
            return try await core.file("Cây ngã chắn đường")
        }()
        let core = try await phone.open()
        #expect(try await core.feedback().report(list: .mine, id: filed.id).text == "Cây ngã chắn đường")
    }

    @Test func openDraftSubmitWatch() async throws {
        let folder = phone.home
        let vault = phone.vault
        // snippet: report
        let core = try await HuesCore.open(home: folder, vault: vault)
        let feedback = core.feedback()
        let draft = try await feedback.newDraft(
            input: DraftInput(
                "Ổ gà lớn trước chợ Đông Ba",
                category: "ha_tang.o_ga",
                place: Place(lat: 16.4637, lon: 107.5909, accuracyM: 12, source: .gps),
                answers: ["chan_duong": "yes"]))
        do {
            _ = try await feedback.submit(draft: draft.id)  // durable on the phone; sent as soon as there is a way
        } catch let error as HueError {
            print(error.text(.vi))  // words for the person
        }
        for try await mine in feedback.reports(list: .mine, window: 20) {
            print(mine.map(\.text))  // whole at every change
            break
        }
        // end: report
        #expect(try await feedback.reports().until().map(\.id) == [draft.id])
    }
}
