package vn.hues.demo

import android.view.View
import vn.hues.core.OutboxItem
import vn.hues.core.TextForm
import vn.hues.core.TextItem
import vn.hues.core.items
import vn.hues.core.text

/** What waits, leaves or is stuck, and what the person can do about it. */
class OutboxScreen(activity: MainActivity) : Screen(activity) {
    private val notice = activity.line()
    private val rows = activity.column()
    override val view: View = activity.page(activity.line(Labels.outbox.here, size = 24f), notice, rows)

    init {
        withCore(notice::setText) { core -> core.outbox().items().collect(::show) }
    }

    private fun show(items: List<OutboxItem>) {
        // What the city has is only kept until it is safe there: nothing a person waits for.
        val open = items.filter { it.state != "done" || it.photosOpen > 0u }
        notice.text = if (open.isEmpty()) Labels.allSent.here else ""
        rows.removeAllViews()
        open.forEach { rows.addView(row(it)) }
    }

    private fun row(item: OutboxItem) = activity.column(
        activity.line(text(TextItem.OutboxState(item.state), language, TextForm.LONG)),
    ).apply {
        if (item.state == "wedged") item.error?.let { addView(activity.line(text(TextItem.Rule(it), language, TextForm.LONG))) }
        if (item.state == "wedged") addView(activity.button(Labels.retry) { withCore(notice::setText) { it.outbox().retry(item.op) } })
        if (item.editable) addView(activity.button(Labels.takeBack) { withCore(notice::setText) { it.outbox().discard(item.op) } })
    }
}
