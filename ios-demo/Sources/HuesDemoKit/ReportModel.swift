import HuesCore
import Observation

/// One report and its life so far, read anew whenever the list changes.
@MainActor @Observable public final class ReportModel {
    public private(set) var report: Report?
    public private(set) var notice = ""
    private let core: HuesCore
    private let id: String

    public init(core: HuesCore, id: String) {
        self.core = core
        self.id = id
    }

    public func follow() async {
        let refused = await refusal {
            for try await _ in self.core.feedback().reports() {
                self.report = try await self.core.feedback().report(list: .mine, id: self.id)
            }
        }
        notice = refused ?? ""
    }

    /// What happened, oldest first.
    public var timeline: [String] {
        (report?.timeline ?? []).map { entry in
            [moment(entry.at), stateWords(entry.state), entry.text].compactMap { $0 }.joined(separator: " · ")
        }
    }
}
