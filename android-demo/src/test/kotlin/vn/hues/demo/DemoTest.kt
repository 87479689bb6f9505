package vn.hues.demo

import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.widget.Spinner
import android.widget.TextView
import java.io.ByteArrayOutputStream
import java.io.File
import java.time.Duration
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertTrue
import kotlin.test.fail
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The app on Android 14's framework, over the real core, in the hands of somebody who sees and taps. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], application = TestApp::class, qualifiers = "vi-w412dp-h892dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class DemoTest {
    private val app = RuntimeEnvironment.getApplication() as TestApp
    private val window: ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup()
    private val activity get() = window.get()

    @AfterTest
    fun end() {
        window.pause().stop().destroy()
        app.end()
    }

    @Test
    fun `a report is written, refused with the core's words, filed, and seen in list, detail and outbox`() {
        shows("Chưa có phản ánh nào")
        tap("Viết phản ánh")
        chooses("Ổ gà")
        tap("Gửi")
        shows("nội dung")
        types("Chuyện gì đang xảy ra?", "Ổ gà lớn trước chợ Đông Ba")
        types("Ở đâu? (số nhà, đường, mốc)", "Trước cổng số 2")
        val screen = activity.top() as WriteScreen
        screen.addPhoto(png())
        shows("1 ảnh")
        picture("write")
        answers("Có")
        tap("Gửi")
        shows("Chờ gửi · Ổ gà lớn trước chợ Đông Ba")
        picture("list")
        tap("Chờ gửi · Ổ gà lớn trước chợ Đông Ba")
        shows("Trước cổng số 2")
        shows("1 ảnh")
        picture("report")
        activity.back()
        tap("Hộp gửi")
        shows("Lấy lại")
        picture("outbox")
        tap("Lấy lại")
        shows("Mọi thứ đã gửi xong")
        activity.back()
        shows("Chưa có phản ánh nào")
        // Taken back, it is a draft again with everything in it.
        tap("Viết phản ánh")
        shows("Ổ gà lớn trước chợ Đông Ba")
    }

    @Test
    fun `what was typed is there again after the screen was left`() {
        tap("Viết phản ánh")
        chooses("Ổ gà")
        types("Chuyện gì đang xảy ra?", "Cây ngã chắn đ")
        activity.back()
        shows("Chưa có phản ánh nào")
        until("the draft is saved") { app.draftTexts() == listOf("Cây ngã chắn đ") }
        tap("Viết phản ánh")
        shows("Cây ngã chắn đ")
    }

    @Test
    fun `signed in, a report reaches a running city and says so by itself`() {
        tap("Viết phản ánh")
        chooses("Ổ gà")
        types("Chuyện gì đang xảy ra?", "Nắp cống mất")
        types("Ở đâu? (số nhà, đường, mốc)", "12 Lê Lợi")
        answers("Có")
        tap("Gửi")
        shows("Chờ gửi · Nắp cống mất")
        tap("Đăng nhập thử")
        shows("Đã nhận · Nắp cống mất")
        tap("Đã nhận · Nắp cống mất")
        shows("Hẹn trả lời")
        picture("received")
    }

    private fun tap(words: String) = shown(words).performClick()

    private fun shows(words: String) {
        shown(words)
    }

    private fun types(hint: String, words: String) = (until(hint) { views().filterIsInstance<TextView>().find { it.hint == hint } }).setText(words)

    private fun chooses(words: String) = pick { it.contentDescription == "Loại phản ánh" }(words)

    private fun answers(words: String) = pick { it.contentDescription == null }(words)

    private fun pick(which: (Spinner) -> Boolean) = { words: String ->
        val (spinner, index) = until(words) {
            views().filterIsInstance<Spinner>().find(which)?.let { spinner ->
                (0 until spinner.count).find { words in spinner.getItemAtPosition(it).toString() }?.let { spinner to it }
            }
        }
        spinner.setSelection(index)
        spinner.onItemSelectedListener?.onItemSelected(spinner, spinner, index, 0)
    }

    private fun shown(words: String): View = until(words) {
        views().filterIsInstance<TextView>().find { words in it.text && it.isShown }
    }

    private fun views(): List<View> = generateSequence(listOf<View>(activity.window.decorView)) { level ->
        level.flatMap { view -> if (view is ViewGroup) List(view.childCount, view::getChildAt) else emptyList() }.ifEmpty { null }
    }.flatten().toList()

    /** Lets the main thread work until [found] finds something. */
    private fun <T : Any> until(what: String, found: () -> T?): T {
        val end = System.nanoTime() + Duration.ofSeconds(20).toNanos()
        while (System.nanoTime() < end) {
            shadowOf(Looper.getMainLooper()).idle()
            found()?.takeIf { it != false }?.let { return it }
            Thread.sleep(10)
        }
        fail("never saw: $what; there is: ${views().filterIsInstance<TextView>().map { it.text }}")
    }

    private fun png(): ByteArray {
        val image = Bitmap.createBitmap(320, 240, Bitmap.Config.ARGB_8888).apply { eraseColor(0xFF3366AA.toInt()) }
        return ByteArrayOutputStream().also { image.compress(Bitmap.CompressFormat.PNG, 100, it) }.toByteArray()
    }

    /** What the person sees, for whoever wants to look. */
    private fun picture(name: String) {
        val view = activity.window.decorView
        val image = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888).also { view.draw(Canvas(it)) }
        val folder = File(System.getProperty("hues.pictures")).apply { mkdirs() }
        folder.resolve("$name.png").outputStream().use { image.compress(Bitmap.CompressFormat.PNG, 100, it) }
        assertTrue(image.width > 300)
    }
}
