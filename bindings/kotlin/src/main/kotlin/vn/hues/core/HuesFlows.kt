package vn.hues.core

import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.ProducerScope
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.withContext

// Lists of the core as cold flows: each collector has a watch of its own, which ends with it. Only the newest list is kept for a
// collector that is slow; no step is lost, because steps are applied before anything is left out.

/**
 * The first [window] lines of [list], anew at every change (1 to 500 lines).
 *
 * Fails with what [Feedback.watch] throws.
 */
fun Feedback.reports(list: ReportList = ReportList.MINE, window: Int = 50): Flow<List<ReportSummary>> =
    folded { watch(list, window.toUInt(), it) }

/**
 * The first [window] lines of an officer's worklist, anew at every change (1 to 500 lines).
 *
 * Fails with what [Officer.watch] throws.
 */
fun Officer.reports(window: Int = 50): Flow<List<ReportSummary>> = folded { watch(window.toUInt(), it) }

/**
 * What waits, leaves or is stuck, oldest first, anew at every change.
 *
 * Fails with what [Outbox.watch] throws.
 */
fun Outbox.items(): Flow<List<OutboxItem>> = callbackFlow {
    val listener = object : OutboxListener {
        override fun onOutbox(items: List<OutboxItem>) {
            trySend(items)
        }
    }
    hold { watch(listener) }
}.conflate()

private fun folded(watch: suspend (ReportListener) -> Subscription): Flow<List<ReportSummary>> = callbackFlow {
    val listener = object : ReportListener {
        // Calls come one at a time: that is the core's contract.
        private var lines = emptyList<ReportSummary>()

        override fun onSteps(steps: List<ReportStep>) {
            lines = lines.after(steps)
            trySend(lines)
        }
    }
    hold { watch(listener) }
}.conflate()

/**
 * Starts a watch and keeps it until the collector goes; closing the handle ends it in the core.
 *
 * Starting cannot be cancelled: a handle that came just when the collector left would never be closed. It takes one read of the disk.
 */
private suspend fun ProducerScope<*>.hold(watch: suspend () -> Subscription) {
    val subscription = withContext(NonCancellable) { watch() }
    awaitClose { subscription.close() }
}

/** The list as it is after [steps]. */
internal fun List<ReportSummary>.after(steps: List<ReportStep>): List<ReportSummary> {
    val lines = toMutableList()
    for (step in steps) {
        when (step) {
            is ReportStep.Reset -> {
                lines.clear()
                lines.addAll(step.items)
            }
            is ReportStep.Insert -> lines.add(step.index.toInt(), step.item)
            is ReportStep.Remove -> lines.removeAt(step.index.toInt())
            is ReportStep.Update -> lines[step.index.toInt()] = step.item
            is ReportStep.Move -> lines.add(step.to.toInt(), lines.removeAt(step.from.toInt()))
        }
    }
    return lines
}
