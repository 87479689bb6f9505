package vn.hues.demo

import android.app.Activity
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.View
import java.io.ByteArrayOutputStream
import java.io.InputStream
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import vn.hues.core.HueException
import vn.hues.core.HuesCore
import vn.hues.core.text

/** One window and a stack of screens. */
class MainActivity : Activity() {
    private val stack = ArrayDeque<Screen>()
    private var choosing: ((ByteArray) -> Unit)? = null

    override fun onCreate(state: Bundle?) {
        setTheme(android.R.style.Theme_DeviceDefault_Light_NoActionBar)
        super.onCreate(state)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            onBackInvokedDispatcher.registerOnBackInvokedCallback(0) { back() }
        }
        open(ListScreen(this))
    }

    override fun onStart() {
        super.onStart()
        foreground(true)
    }

    override fun onStop() {
        stack.lastOrNull()?.hidden()
        foreground(false)
        super.onStop()
    }

    override fun onDestroy() {
        stack.forEach(Screen::leave)
        super.onDestroy()
    }

    @Deprecated("before Android 13")
    override fun onBackPressed() = back()

    /** The screen that is shown. */
    fun top(): Screen = stack.last()

    fun open(screen: Screen) {
        stack.addLast(screen)
        setContentView(screen.view)
    }

    fun back() {
        stack.removeLast().leave()
        stack.lastOrNull()?.let { setContentView(it.view) } ?: finish()
    }

    /** Lets the person choose a picture; nothing happens if she does not. */
    fun choosePhoto(chosen: (ByteArray) -> Unit) {
        choosing = chosen
        @Suppress("DEPRECATION") // the successor is part of a library that this app does not need otherwise
        startActivityForResult(Intent(Intent.ACTION_GET_CONTENT).setType("image/*"), PHOTO)
    }

    @Deprecated("see choosePhoto")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val chosen = choosing.takeIf { request == PHOTO && result == RESULT_OK } ?: return
        val bytes = data?.data?.let { contentResolver.openInputStream(it) }?.use { it.atMost(MAX_PHOTO) } ?: return
        chosen(bytes)
    }

    private fun foreground(shown: Boolean) {
        demo.scope.launch {
            try {
                demo.core.await().foregroundChanged(shown)
            } catch (_: HueException) {
                // A core that did not open is told by the screen.
            }
        }
    }

    private companion object {
        const val PHOTO = 1

        /** One byte over what the core takes: it says so itself. */
        const val MAX_PHOTO = (32 shl 20) + 1
    }
}

/** `readNBytes` of newer systems. */
private fun InputStream.atMost(bytes: Int): ByteArray {
    val read = ByteArrayOutputStream()
    val piece = ByteArray(64 shl 10)
    while (read.size() < bytes) {
        val size = read(piece, 0, minOf(piece.size, bytes - read.size()))
        if (size < 0) break
        read.write(piece, 0, size)
    }
    return read.toByteArray()
}

/** What fills the window. Its [scope] ends when it is left. */
abstract class Screen(protected val activity: MainActivity) {
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    abstract val view: View

    fun leave() {
        left()
        scope.cancel()
    }

    /** The app leaves the screen and may not come back. */
    fun hidden() = left()

    /** Called when it is left or hidden. */
    protected open fun left() = Unit

    /** Runs [work] with the core; what the core refuses is shown by [refused] in its own words. */
    protected fun withCore(refused: (String) -> Unit, work: suspend (HuesCore) -> Unit) {
        scope.launch {
            try {
                work(activity.demo.core.await())
            } catch (error: HueException) {
                refused(error.text(language))
            }
        }
    }
}
