import Foundation
import HuesCore
import Observation

/// A new report. It is a saved draft from its first letter on; the newest draft is taken up again.
@MainActor @Observable public final class WriteModel {
    public private(set) var categories: [ReportCategory] = []
    public var category = ""
    public var what = ""
    public var place = ""
    public var answers: [String: String] = [:]
    public private(set) var notice = ""
    /// The report was filed: the screen may close.
    public private(set) var filed = false
    private var draft: String?
    private let core: HuesCore

    public init(core: HuesCore) {
        self.core = core
    }

    public func begin() async {
        await telling {
            self.categories = try await self.core.feedback().categories().filter { !$0.group }
            let kept = try await self.core.feedback().drafts().first
            if let kept { self.fill(kept) } else { self.category = self.categories.first?.code ?? "" }
            let saved: Draft
            if let kept { saved = kept } else { saved = try await self.core.feedback().newDraft(input: self.input) }
            self.draft = saved.id
            self.tell(saved)
        }
    }

    /// The questions of the chosen category.
    public var questions: [Question] { categories.first { $0.code == category }?.questions ?? [] }

    /// Code and words of each choice of a question; none for a free answer.
    public func choices(of question: Question) -> [(code: String, words: String)] {
        switch question.kind {
        case .yesNo: [("yes", Labels.yes.here), ("no", Labels.no.here)]
        case .choice: question.options.map { ($0.code, $0.name.here) }
        case .text, .number: []
        }
    }

    /// Call it at every change.
    public func save() async {
        guard let draft, !filed else { return }
        await telling { self.tell(try await self.core.feedback().saveDraft(id: draft, input: self.input)) }
    }

    public func addPhoto(_ image: Data) async {
        guard let draft else { return }
        await telling { self.tell(try await self.core.feedback().addPhoto(draft: draft, image: image)) }
    }

    public func send() async {
        guard let draft else { return }
        await telling {
            _ = try await self.core.feedback().saveDraft(id: draft, input: self.input)
            _ = try await self.core.feedback().submit(draft: draft)
            self.filed = true
        }
    }

    private var input: DraftInput {
        let asked = questions.compactMap { question in
            answers[question.code].flatMap { $0.isEmpty ? nil : Answer(question: question.code, value: $0) }
        }
        return DraftInput(
            category: category.isEmpty ? nil : category, text: what, place: nil, ward: nil,
            placeWords: place.isEmpty ? nil : place, answers: asked, author: .sealed)
    }

    private func fill(_ kept: Draft) {
        category = kept.input.category ?? categories.first?.code ?? ""
        what = kept.input.text
        place = kept.input.placeWords ?? ""
        answers = Dictionary(kept.input.answers.map { ($0.question, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Warnings never block; what is missing is told when the person sends.
    private func tell(_ saved: Draft) {
        let warnings = saved.warnings.map { text(item: .draftWarning(warning: $0), language: language, form: .long) }
        let photos = saved.photos.isEmpty ? [] : ["\(saved.photos.count) \(Labels.photos.here)"]
        notice = (photos + warnings).joined(separator: "\n")
    }

    private func telling(_ work: () async throws -> Void) async {
        notice = await refusal(work) ?? notice
    }
}
