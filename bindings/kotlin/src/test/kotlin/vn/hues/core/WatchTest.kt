package vn.hues.core

import com.sun.jna.NativeLibrary
import com.sun.jna.Structure
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch

/** What can go wrong between a screen that comes and goes and the core beneath it. */
class WatchTest : OnDisk() {
    @Test
    fun `steps give the list`() {
        val (a, b, c) = listOf("a", "b", "c").map { ReportSummary(it, "queued", "", it, null, 0u, 0, null, true) }
        val start = emptyList<ReportSummary>().after(listOf(ReportStep.Reset(listOf(a, b))))
        val steps = listOf(
            ReportStep.Insert(0u, c),
            ReportStep.Move(0u, 2u),
            ReportStep.Update(1u, b.copy(state = "received")),
            ReportStep.Remove(0u),
        )
        assertEquals(listOf(b.copy(state = "received"), c), start.after(steps))
        assertFailsWith<IndexOutOfBoundsException> { start.after(listOf(ReportStep.Remove(2u))) }
    }

    @Test
    fun `one collector sees the list grow to the end`() = offline(home) { core ->
        coroutineScope {
            val seen = core.feedback().reports()
            launch { repeat(20) { core.file("Rác số $it") } }
            val sizes = seen.takeWhile { it.size < 20 }.toList().map { it.size }
            assertEquals(sizes.sorted(), sizes)
        }
        assertEquals(List(20) { "Rác số ${19 - it}" }, core.feedback().reports().first().map { it.text })
    }

    @Test
    fun `ten thousand screens that came and went leave nothing behind`() = offline(home) { core ->
        core.file("Nước ngập ngang gối")
        val watched = core.feedback().reports()
        repeat(1_000) { assertEquals(1, watched.first().size) }
        settled()
        // A leak grows each time; what the allocator keeps for itself does not.
        val grown = (1..3).minOf {
            val before = native()
            repeat(10_000) { assertEquals(1, watched.first().size) }
            settled()
            native() - before
        }
        // Half a kilobyte a round: one window leaked each time would be more.
        assertTrue(grown < 5_000, "$grown KiB more after 10,000 watches")
    }

    @Test
    fun `a call given up leaves the core usable, and a draft whole or absent`() = offline(home) { core ->
        coroutineScope {
            repeat(200) { round ->
                launch(start = CoroutineStart.UNDISPATCHED) { core.feedback().newDraft(pothole("Bỏ dở $round")) }.cancelAndJoin()
                launch(start = CoroutineStart.UNDISPATCHED) { core.feedback().reports().first() }.cancelAndJoin()
            }
        }
        val kept = core.feedback().drafts()
        assertTrue(kept.all { it.input == pothole(it.input.text) })
        core.file("Vẫn gửi được")
        assertEquals(1, core.feedback().reports().first { it.isNotEmpty() }.size)
        assertEquals(kept.size.toULong(), core.status().drafts)
        settled()
    }

    /** Waits until the core let go of every listener; the test's time limit is the limit. */
    private suspend fun settled() {
        while (FfiConverterTypeReportListener.handleMap.size > 0) delay(10)
    }
}

/** KiB in use in the C heap, which is Rust's, whatever the Java heap does meanwhile. */
internal fun native(): Long {
    val info = NativeLibrary.getInstance("c").getFunction("mallinfo2").invoke(Mallinfo2::class.java, emptyArray()) as Mallinfo2
    return (info.fields[4] + info.fields[7]) / 1024
}

/** glibc's `struct mallinfo2`; its fields 4 and 7 are what is in use in maps of its own and in arenas. */
@Structure.FieldOrder("fields")
class Mallinfo2 : Structure(), Structure.ByValue {
    @JvmField
    var fields = LongArray(10)
}
