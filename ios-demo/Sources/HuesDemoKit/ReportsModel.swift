import HuesCore
import Observation

/// One's own reports, live.
@MainActor @Observable public final class ReportsModel {
    public private(set) var lines: [ReportSummary] = []
    public private(set) var notice = ""
    public private(set) var signedIn = false
    private let core: HuesCore

    public init(core: HuesCore) {
        self.core = core
    }

    /// Follows the list until its task is cancelled: the screen's `task`.
    public func follow() async {
        await telling {
            self.signedIn = try self.core.who() != nil
            for try await lines in self.core.feedback().reports() {
                self.lines = lines
                self.notice = lines.isEmpty ? Labels.none.here : ""
            }
        }
    }

    /// A test account of the sandbox city; any other city refuses.
    public func signIn() async {
        await telling {
            _ = try await self.core.signInSandbox(name: "citizen", staff: nil)
            self.signedIn = true
        }
    }

    private func telling(_ work: () async throws -> Void) async {
        notice = await refusal(work) ?? notice
    }
}

/// Does `work`; what the core refuses comes back in its own words.
@MainActor func refusal(_ work: () async throws -> Void) async -> String? {
    do {
        try await work()
        return nil
    } catch let error as HueError {
        return error.text(language)
    } catch {
        // A cancelled task ends its sequences; that is nobody's news.
        return nil
    }
}
