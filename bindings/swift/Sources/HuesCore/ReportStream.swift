// Lists of the core as asynchronous sequences: each has a watch of its own, which ends with it. Only the newest list is kept for a
// reader that is slow; no step is lost, because steps are applied before anything is left out.

/// A list, whole at every change. Fails with the `HueError` of the watch that it stands on.
public typealias ListStream<Line> = AsyncThrowingStream<[Line], any Error>

extension Feedback {
    /// The first `window` lines of `list`, anew at every change (1 to 500 lines).
    public func reports(list: ReportList = .mine, window: UInt32 = 50) -> ListStream<ReportSummary> {
        stream { emit in
            try await self.watch(list: list, window: window, listener: ReportFold(emit))
        }
    }
}

extension Officer {
    /// The first `window` lines of an officer's worklist, anew at every change (1 to 500 lines).
    public func reports(window: UInt32 = 50) -> ListStream<ReportSummary> {
        stream { emit in
            try await self.watch(window: window, listener: ReportFold(emit))
        }
    }
}

extension Outbox {
    /// What waits, leaves or is stuck, oldest first, anew at every change.
    public func items() -> ListStream<OutboxItem> {
        stream { emit in
            try await self.watch(listener: OutboxRelay(emit))
        }
    }
}

/// A stream over a watch, which is ended when the reader goes, however it goes.
private func stream<Line: Sendable>(
    watch: @escaping @Sendable (_ emit: @escaping @Sendable ([Line]) -> Void) async throws -> Subscription
) -> ListStream<Line> {
    ListStream(bufferingPolicy: .bufferingNewest(1)) { stream in
        let watching = Task {
            do {
                return try await watch { stream.yield($0) }
            } catch {
                stream.finish(throwing: error)
                throw error
            }
        }
        // The handler keeps the subscription. A reader may go before the watch stands: then it ends as soon as it does.
        stream.onTermination = { _ in
            Task { try? await watching.value.cancel() }
        }
    }
}

/// Applies steps and gives on the list.
private final class ReportFold: ReportListener, @unchecked Sendable {
    // Calls come one at a time: that is the core's contract.
    private var lines: [ReportSummary] = []
    private let emit: @Sendable ([ReportSummary]) -> Void

    init(_ emit: @escaping @Sendable ([ReportSummary]) -> Void) {
        self.emit = emit
    }

    func onSteps(steps: [ReportStep]) {
        lines.apply(steps)
        emit(lines)
    }
}

private final class OutboxRelay: OutboxListener {
    private let emit: @Sendable ([OutboxItem]) -> Void

    init(_ emit: @escaping @Sendable ([OutboxItem]) -> Void) {
        self.emit = emit
    }

    func onOutbox(items: [OutboxItem]) {
        emit(items)
    }
}

extension [ReportSummary] {
    /// Makes this the list as it is after `steps`.
    mutating func apply(_ steps: [ReportStep]) {
        for step in steps {
            switch step {
            case .reset(let items): self = items
            case .insert(let index, let item): insert(item, at: Int(index))
            case .remove(let index): remove(at: Int(index))
            case .update(let index, let item): self[Int(index)] = item
            case .move(let from, let to): insert(remove(at: Int(from)), at: Int(to))
            }
        }
    }
}
