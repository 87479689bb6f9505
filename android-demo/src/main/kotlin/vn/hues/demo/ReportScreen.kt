package vn.hues.demo

import android.view.View
import vn.hues.core.Report
import vn.hues.core.ReportList
import vn.hues.core.TimelineEntry
import vn.hues.core.reports

/** One report and its life so far, shown anew whenever the list changes. */
class ReportScreen(activity: MainActivity, private val id: String) : Screen(activity) {
    private val notice = activity.line()
    private val rows = activity.column()
    override val view: View = activity.page(notice, rows)

    init {
        withCore(notice::setText) { core ->
            core.feedback().reports().collect { show(core.feedback().report(ReportList.MINE, id)) }
        }
    }

    private fun show(report: Report) {
        rows.removeAllViews()
        rows.addView(activity.line(stateWords(report.state), size = 24f))
        rows.addView(activity.line(report.text))
        report.placeWords?.let { rows.addView(activity.line(it)) }
        if (report.photos.isNotEmpty()) rows.addView(activity.line("${report.photos.size} ${Labels.photos.here}"))
        report.due?.let { rows.addView(activity.line("${Labels.due.here}: $it")) }
        report.ask?.let { rows.addView(activity.line(it)) }
        report.timeline.forEach { rows.addView(step(it)) }
        report.answer?.let { rows.addView(activity.line(it.text, size = 18f)) }
    }

    private fun step(entry: TimelineEntry) =
        activity.line(listOfNotNull(moment(entry.at), stateWords(entry.state), entry.text).joinToString(" · "), size = 14f)
}
