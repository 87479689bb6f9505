package vn.hues.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first

/** A phone that never saw the city, from Kotlin: what is entered is kept, refused with words, and seen by who watches. */
class OfflineTest : OnDisk() {
    @Test
    fun `an empty text is refused by name, in both languages, and the draft stays`() = offline(home) { core ->
        val feedback = core.feedback()
        val draft = feedback.newDraft(pothole("  \n "))
        val error = assertFailsWith<HueException.Invalid> { feedback.submit(draft.id) }
        assertEquals("text" to "empty", error.field to error.rule)
        assertTrue("nội dung" in error.text())
        assertTrue(error.text(Language.EN).length > 10 && error.text(Language.EN) != error.text())
        assertEquals("  \n ", feedback.draft(draft.id).input.text)
    }

    @Test
    fun `who watches sees the report that is filed, and what waits`() = offline(home) { core ->
        assertEquals(emptyList(), core.feedback().reports().first())
        val filed = core.file("Ổ gà lớn trước chợ Đông Ba")
        val line = core.feedback().reports().first { it.isNotEmpty() }.single()
        assertEquals(filed.id, line.id)
        assertEquals("Ổ gà lớn trước chợ Đông Ba", line.text)
        assertEquals("queued", line.state)
        assertEquals(listOf(filed.op), core.outbox().items().first { it.isNotEmpty() }.map { it.op })
    }

    @Test
    fun `a home has one owner, and what it holds outlives a close`() = limited {
        val phone = Phone(home)
        val filed = phone.open().use { core ->
            assertFailsWith<HueException.Busy> { phone.open() }
            core.file("Cây ngã chắn đường")
        }
        phone.open().use { core ->
            assertEquals("Cây ngã chắn đường", core.feedback().report(ReportList.MINE, filed.id).text)
        }
    }

    @Test
    fun `another vault does not open the home`() = limited {
        Phone(home).open().use { it.file("Đèn đường hỏng") }
        val error = assertFailsWith<HueException.Storage> { Phone(home).open() }
        assertEquals(StorageReason.WRONG_KEY, error.reason)
    }

    @Test
    fun `open, draft, submit, watch`() = limited {
        val folder = home.toString()
        val vault = MemoryKeyVault()
        // snippet: report
        val core = HuesCore.open(home = folder, vault = vault)
        val feedback = core.feedback()
        val draft = feedback.newDraft(
            DraftInput.of(
                text = "Ổ gà lớn trước chợ Đông Ba",
                category = "ha_tang.o_ga",
                place = Place(lat = 16.4637, lon = 107.5909, accuracyM = 12u, source = PlaceSource.GPS),
                answers = mapOf("chan_duong" to "yes"),
            ),
        )
        try {
            feedback.submit(draft.id) // durable on the phone; sent as soon as there is a way
        } catch (error: HueException) {
            println(error.text(Language.VI)) // words for the person
        }
        val mine: List<ReportSummary> = feedback.reports(ReportList.MINE, window = 20).first()
        // end: report
        assertEquals(draft.id, mine.single().id)
        core.close()
    }
}
