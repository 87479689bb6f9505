package vn.hues.demo

import android.view.View
import android.widget.Button
import vn.hues.core.ReportSummary
import vn.hues.core.reports

/** One's own reports, live. */
class ListScreen(activity: MainActivity) : Screen(activity) {
    private val notice = activity.line()
    private val signIn: Button = activity.button(Labels.signIn) { trySignIn() }
    private val rows = activity.column()
    override val view: View = activity.page(
        activity.line(Labels.reports.here, size = 24f),
        activity.button(Labels.write) { activity.open(WriteScreen(activity)) },
        activity.button(Labels.outbox) { activity.open(OutboxScreen(activity)) },
        signIn,
        notice,
        rows,
    )

    init {
        signIn.visibility = View.GONE
        withCore(notice::setText) { core ->
            signIn.visibility = if (core.who() == null) View.VISIBLE else View.GONE
            core.feedback().reports(window = 50).collect(::show)
        }
    }

    private fun show(reports: List<ReportSummary>) {
        notice.text = if (reports.isEmpty()) Labels.none.here else ""
        rows.removeAllViews()
        for (report in reports) rows.addView(row(report))
    }

    private fun row(report: ReportSummary) = activity.line("${stateWords(report.state)} · ${report.text}").apply {
        minHeight = (48 * resources.displayMetrics.density).toInt()
        setOnClickListener { activity.open(ReportScreen(activity, report.id)) }
    }

    /** A test account of the sandbox city; any other city refuses. */
    private fun trySignIn() = withCore(notice::setText) { core ->
        core.signInSandbox("citizen", null)
        signIn.visibility = View.GONE
    }
}
