package vn.hues.demo

import android.content.Context
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale
import java.util.TimeZone
import vn.hues.core.Bilingual
import vn.hues.core.Language
import vn.hues.core.TextForm
import vn.hues.core.TextItem
import vn.hues.core.text

// Words on this app's own buttons, and the plain views they stand on. States, refusals and warnings have their words in the core.

/** Vietnamese, unless the phone speaks English. */
val language get() = if (Locale.getDefault().language == "en") Language.EN else Language.VI

val Bilingual.here get() = if (language == Language.EN) en else vi

object Labels {
    val reports = Bilingual("Phản ánh của tôi", "My reports")
    val none = Bilingual("Chưa có phản ánh nào", "No report yet")
    val write = Bilingual("Viết phản ánh", "Write a report")
    val outbox = Bilingual("Hộp gửi", "Outbox")
    val allSent = Bilingual("Mọi thứ đã gửi xong", "Everything has been sent")
    val signIn = Bilingual("Đăng nhập thử", "Test sign-in")
    val category = Bilingual("Loại phản ánh", "Category")
    val what = Bilingual("Chuyện gì đang xảy ra?", "What is happening?")
    val where = Bilingual("Ở đâu? (số nhà, đường, mốc)", "Where? (number, street, landmark)")
    val photo = Bilingual("Thêm ảnh", "Add a photo")
    val send = Bilingual("Gửi", "Send")
    val retry = Bilingual("Thử lại", "Try again")
    val takeBack = Bilingual("Lấy lại", "Take back")
    val due = Bilingual("Hẹn trả lời", "Answer due")
    val photos = Bilingual("ảnh", "photos")
    val yes = Bilingual("Có", "Yes")
    val no = Bilingual("Không", "No")
}

fun stateWords(state: String) = text(TextItem.ReportState(state), language, TextForm.SHORT)

/** A moment as people in Huế write it, whatever zone the phone is in. */
fun moment(ms: Long): String =
    SimpleDateFormat("dd/MM/yyyy HH:mm", Locale.ROOT).apply { timeZone = TimeZone.getTimeZone("Asia/Ho_Chi_Minh") }.format(Date(ms))

fun Context.column(vararg views: View) = LinearLayout(this).apply {
    orientation = LinearLayout.VERTICAL
    views.forEach { addView(it) }
}

fun Context.page(vararg views: View) = ScrollView(this).apply {
    fitsSystemWindows = true
    val edge = (16 * resources.displayMetrics.density).toInt()
    addView(column(*views).apply { setPadding(edge, edge, edge, edge) })
}

fun Context.line(words: String = "", size: Float = 16f) = TextView(this).apply {
    text = words
    textSize = size
}

fun Context.button(label: Bilingual, clicked: () -> Unit) = Button(this).apply {
    text = label.here
    setOnClickListener { clicked() }
}

fun Context.field(label: Bilingual, lines: Int = 1) = EditText(this).apply {
    hint = label.here
    minLines = lines
}
