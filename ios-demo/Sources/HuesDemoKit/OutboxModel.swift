import HuesCore
import Observation

/// What waits, leaves or is stuck, and what the person can do about it.
@MainActor @Observable public final class OutboxModel {
    public private(set) var items: [OutboxItem] = []
    public private(set) var notice = ""
    private let core: HuesCore

    public init(core: HuesCore) {
        self.core = core
    }

    public func follow() async {
        let refused = await refusal {
            for try await items in self.core.outbox().items() {
                // What the city has is only kept until it is safe there: nothing a person waits for.
                self.items = items.filter { $0.state != "done" || $0.photosOpen > 0 }
                self.notice = self.items.isEmpty ? Labels.allSent.here : ""
            }
        }
        notice = refused ?? notice
    }

    public func retry(_ item: OutboxItem) async {
        notice = await refusal { try await self.core.outbox().retry(op: item.op) } ?? notice
    }

    public func takeBack(_ item: OutboxItem) async {
        notice = await refusal { try await self.core.outbox().discard(op: item.op) } ?? notice
    }

    /// The state of an item, and why it is stuck if it is.
    public func words(for item: OutboxItem) -> String {
        let state = text(item: .outboxState(state: item.state), language: language, form: .long)
        guard item.state == "wedged", let rule = item.error else { return state }
        return state + "\n" + text(item: .rule(rule: rule), language: language, form: .long)
    }
}
