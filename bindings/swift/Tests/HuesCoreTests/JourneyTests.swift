import Foundation
import Testing

@testable import HuesCore

/// The whole way with the built-in transport: three phones in one process, a city in another.
@Suite(.timeLimit(.minutes(2)), .enabled(if: SandboxCity.available, "HUES_BIN names no program with the verb `city`"))
struct JourneyTests {
    @Test func aReportFromTheDarkToItsRatingAndItsProof() async throws {
        let city = try SandboxCity()
        let (phone, desk, nextDoor) = (Phone(), Phone(), Phone())
        let citizen = try await phone.open(city: city.address)
        let id = try await filesInTheDark(citizen)

        let officer = try await desk.open(city: city.address)
        try await arrives(officer, "officer", staff: "ioc")
        try await seesAndAsks(officer, id)
        try await sees(citizen, id, "need_info")
        #expect(try await citizen.feedback().report(list: .mine, id: id).ask == "Ổ gà ở làn nào?")
        _ = try await citizen.feedback().supplement(report: id, text: "Làn trong cùng.", photos: [Photos.green])
        _ = try await officer.officer().reports().until { $0.contains { $0.id == id && $0.photoCount == 2 } }
        _ = try await officer.officer().answer(report: id, text: "Đã vá xong.", photos: [Photos.blue])
        try await sees(citizen, id, "answered")

        let neighbour = try await nextDoor.open(city: city.address)
        try await arrives(neighbour, "neighbour", staff: nil)
        #expect(try await neighbour.feedback().reports(list: .public).until().isEmpty)
        try await publishes(officer, id)
        try await reads(neighbour, id)

        try await ratesOnce(citizen, id)
        try await proves(citizen, id, keys: city.keys())
        try await exactlyOnce(city)
    }

    private func arrives(_ core: HuesCore, _ name: String, staff: String?) async throws {
        try await core.start(link: .good)
        try await core.foregroundChanged(foreground: true)
        #expect(try await core.signInSandbox(name: name, staff: staff).staff == staff)
    }

    private func filesInTheDark(_ core: HuesCore) async throws -> String {
        try await core.start(link: .none)
        try await core.foregroundChanged(foreground: true)
        let feedback = core.feedback()
        let draft = try await feedback.newDraft(input: pothole("Ổ gà lớn trước chợ Đông Ba"))
        _ = try await feedback.addPhoto(draft: draft.id, image: Photos.red)
        let filed = try await feedback.submit(draft: draft.id)
        #expect(filed.id == draft.id && filed.state == "queued")
        await #expect(throws: HueError.Refused(rule: "no-receipt")) {
            try await core.exportProof(report: filed.id, compact: false)
        }
        #expect(try await core.status().waiting == 1)
        try await core.networkChanged(link: .good)
        _ = try await core.signInSandbox(name: "citizen", staff: nil)
        try await sees(core, filed.id, "received")
        _ = try await core.outbox().items().until { $0.allSatisfy { $0.state == "done" && $0.photosOpen == 0 } }
        return filed.id
    }

    private func seesAndAsks(_ core: HuesCore, _ id: String) async throws {
        let officer = core.officer()
        _ = try await officer.reports().until { $0.contains { $0.id == id } }
        let seen = try await officer.report(id: id)
        #expect(seen.text == "Ổ gà lớn trước chợ Đông Ba" && seen.photos.count == 1)
        #expect(try await core.photo(sha256: seen.photos[0].sha256).count == Int(seen.photos[0].bytes))
        // One after the other without waiting: each leads on from this phone's own.
        _ = try await officer.verify(report: id, note: nil)
        _ = try await officer.assign(report: id, unit: "ha_tang_do_thi")
        _ = try await officer.ask(report: id, question: "Ổ gà ở làn nào?")
    }

    private func publishes(_ core: HuesCore, _ id: String) async throws {
        let officer = core.officer()
        _ = try await officer.reports().until { $0.contains { $0.id == id && $0.state == "answered" && !$0.pending } }
        let preview = try await officer.preview(report: id)
        #expect(preview.gridM == 100)
        _ = try await officer.publish(preview: preview)
    }

    private func reads(_ core: HuesCore, _ id: String) async throws {
        _ = try await core.feedback().reports(list: .public).until { !$0.isEmpty }
        let seen = try await core.feedback().report(list: .public, id: id)
        #expect(seen.text == "Ổ gà lớn trước chợ Đông Ba" && seen.answer?.text == "Đã vá xong.")
        let place = try #require(seen.place)
        #expect((place.lat, place.lon) != (16.4637, 107.5909))
        #expect(seen.answers.isEmpty && seen.placeWords == nil)
        #expect(try await !core.photo(sha256: seen.photos[0].sha256).isEmpty)
        await #expect(throws: HueError.SignInNeeded) { try await core.officer().worklist(cursor: nil, limit: 10) }
    }

    private func ratesOnce(_ core: HuesCore, _ id: String) async throws {
        let feedback = core.feedback()
        _ = try await feedback.rate(report: id, stars: 5, text: "Nhanh lắm")
        try await sees(core, id, "rated")
        let again = HueError.Refused(rule: "already-rated")
        await #expect(throws: again) { try await feedback.rate(report: id, stars: 1, text: nil) }
        #expect(!again.text(.vi).isEmpty)
        #expect(try await feedback.report(list: .mine, id: id).rating == Rating(stars: 5, text: "Nhanh lắm"))
        #expect(try await feedback.inbox(cursor: nil, limit: 50).allSatisfy { $0.report == id })
    }

    private func proves(_ core: HuesCore, _ id: String, keys: Data) async throws {
        let whole = try verifyProof(proof: await core.exportProof(report: id, compact: false), keys: keys)
        #expect(whole.report == id && whole.text == "Ổ gà lớn trước chợ Đông Ba")
        var compact = try await core.exportProof(report: id, compact: true)
        #expect(compact.count <= 1_200)
        #expect(try verifyProof(proof: compact, keys: keys).text == nil)
        compact[compact.count / 2] ^= 1
        #expect(throws: HueError.self) { try verifyProof(proof: compact, keys: keys) }
    }

    /// Waits for what the city says; nobody pulls: the core listens while it is in the foreground.
    private func sees(_ core: HuesCore, _ id: String, _ state: String) async throws {
        _ = try await core.feedback().reports().until { $0.contains { $0.id == id && $0.state == state && !$0.pending } }
    }

    private func exactlyOnce(_ city: SandboxCity) async throws {
        let state = try await city.state()
        #expect((state["reports"] as? [Any])?.count == 1)
        #expect((state["ops"] as? [Any])?.count == 8)
        let files = try #require(state["files"] as? [[String: Any]])
        #expect(files.filter { $0["complete"] as? Bool == true }.count == 3)
    }
}
