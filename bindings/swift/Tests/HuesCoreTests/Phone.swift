import Foundation

@testable import HuesCore

/// One citizen's phone in a folder of its own, gone with it.
final class Phone: Sendable {
    let home = FileManager.default.temporaryDirectory.appendingPathComponent("hues-\(UUID().uuidString)").path
    let vault = MemoryKeyVault()

    func open(city: CityAddress? = nil) async throws -> HuesCore {
        try await HuesCore.open(home: home, vault: vault, city: city)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: home)
    }
}

/// A report that nothing is wrong with.
func pothole(_ text: String) -> DraftInput {
    DraftInput(
        text, category: "ha_tang.o_ga",
        place: Place(lat: 16.4637, lon: 107.5909, accuracyM: 12, source: .gps),
        answers: ["chan_duong": "yes"])
}

extension HuesCore {
    @discardableResult func file(_ text: String) async throws -> Submitted {
        let feedback = feedback()
        return try await feedback.submit(draft: feedback.newDraft(input: pothole(text)).id)
    }
}

extension AsyncSequence {
    /// Reads until an element fits and gives that one; without a condition, the first.
    func until(_ fits: (Element) -> Bool = { _ in true }) async throws -> Element {
        for try await element in self where fits(element) { return element }
        throw Ended()
    }
}

struct Ended: Error {}
