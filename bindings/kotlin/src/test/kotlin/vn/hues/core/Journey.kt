package vn.hues.core

import java.awt.Color
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A report's whole life between a citizen, an officer and a neighbour; [open] gives each a phone that knows [city]. */
class Journey(private val city: City, private val open: suspend (name: String) -> HuesCore) {
    suspend fun whole() {
        open("citizen").use { citizen ->
            val id = citizen.filesInTheDark()
            open("officer").use { officer ->
                officer.arrives("officer", "ioc")
                officer.seesAndAsks(id)
                citizen.supplements(id)
                officer.answers(id)
                citizen.sees(id, "answered")
                open("neighbour").use { neighbour ->
                    neighbour.arrives("neighbour")
                    assertEquals(emptyList(), neighbour.feedback().reports(ReportList.PUBLIC).first())
                    officer.publishes(id)
                    neighbour.reads(id)
                }
            }
            citizen.ratesOnce(id)
            citizen.proves(id)
        }
        exactlyOnce()
    }

    private suspend fun HuesCore.arrives(name: String, staff: String? = null) {
        start(Link.GOOD)
        foregroundChanged(true)
        assertEquals(staff, signInSandbox(name, staff).staff)
    }

    private suspend fun HuesCore.filesInTheDark(): String {
        start(Link.NONE)
        foregroundChanged(true)
        val draft = feedback().newDraft(pothole("Ổ gà lớn trước chợ Đông Ba"))
        feedback().addPhoto(draft.id, photo(Color.RED))
        val filed = feedback().submit(draft.id)
        assertEquals(draft.id to "queued", filed.id to filed.state)
        assertFailsWith<HueException.Refused> { exportProof(filed.id, false) }.let { assertEquals("no-receipt", it.rule) }
        networkChanged(Link.GOOD)
        signInSandbox("citizen", null)
        sees(filed.id, "received")
        outbox().items().first { list -> list.all { it.state == "done" && it.photosOpen == 0u } }
        return filed.id
    }

    private suspend fun HuesCore.seesAndAsks(id: String) {
        officer().reports().first { list -> list.any { it.id == id } }
        val seen = officer().report(id)
        assertEquals("Ổ gà lớn trước chợ Đông Ba" to 1, seen.text to seen.photos.size)
        assertEquals(seen.photos.single().bytes.toInt(), photo(seen.photos.single().sha256).size)
        // One after the other without waiting: each leads on from this phone's own.
        officer().verify(id, null)
        officer().assign(id, "ha_tang_do_thi")
        officer().ask(id, "Ổ gà ở làn nào?")
    }

    private suspend fun HuesCore.supplements(id: String) {
        sees(id, "need_info")
        assertEquals("Ổ gà ở làn nào?", feedback().report(ReportList.MINE, id).ask)
        feedback().supplement(id, "Làn trong cùng.", listOf(photo(Color.GREEN)))
    }

    private suspend fun HuesCore.answers(id: String) {
        officer().reports().first { list -> list.any { it.id == id && it.photoCount == 2u } }
        officer().answer(id, "Đã vá xong.", listOf(photo(Color.BLUE)))
    }

    private suspend fun HuesCore.publishes(id: String) {
        officer().reports().first { list -> list.any { it.id == id && it.state == "answered" && !it.pending } }
        val preview = officer().preview(id)
        assertEquals(100u, preview.gridM)
        officer().publish(preview)
    }

    private suspend fun HuesCore.reads(id: String) {
        feedback().reports(ReportList.PUBLIC).first { it.isNotEmpty() }
        val public = feedback().report(ReportList.PUBLIC, id)
        assertEquals("Ổ gà lớn trước chợ Đông Ba" to "Đã vá xong.", public.text to public.answer?.text)
        assertNotEquals(16.4637 to 107.5909, assertNotNull(public.place).run { lat to lon })
        assertTrue(public.answers.isEmpty() && public.placeWords == null)
        assertTrue(photo(public.photos.first().sha256).isNotEmpty())
        assertFailsWith<HueException.SignInNeeded> { officer().worklist(null, 10u) }
    }

    private suspend fun HuesCore.ratesOnce(id: String) {
        feedback().rate(id, 5u, "Nhanh lắm")
        sees(id, "rated")
        val again = assertFailsWith<HueException.Refused> { feedback().rate(id, 1u, null) }
        assertEquals("already-rated", again.rule)
        assertTrue(again.text(Language.VI).isNotEmpty())
        assertEquals(Rating(5u, "Nhanh lắm"), feedback().report(ReportList.MINE, id).rating)
        assertTrue(feedback().inbox(null, 50u).all { it.report == id })
    }

    private suspend fun HuesCore.proves(id: String) {
        val keys = city.keys
        val whole = verifyProof(exportProof(id, false), keys)
        assertEquals(id to "Ổ gà lớn trước chợ Đông Ba", whole.report to whole.text)
        val compact = exportProof(id, true)
        assertTrue(compact.size <= 1_200)
        assertNull(verifyProof(compact, keys).text)
        assertContentEquals(compact, exportProof(id, true))
        compact[compact.size / 2] = (compact[compact.size / 2].toInt() xor 1).toByte()
        assertFailsWith<HueException.Refused> { verifyProof(compact, keys) }
    }

    /** Waits for what the city says; nobody pulls: the core listens while it is in the foreground. */
    private suspend fun HuesCore.sees(id: String, state: String) {
        feedback().reports().first { list -> list.any { it.id == id && it.state == state && !it.pending } }
    }

    private fun exactlyOnce() {
        val state = city.state()
        fun sizeOf(list: String) = state.getValue(list).jsonArray.size
        assertEquals(1, sizeOf("reports"))
        assertEquals(8, sizeOf("ops"))
        val files = state.getValue("files").jsonArray.map { it.jsonObject }
        assertEquals(3, files.count { it.getValue("complete").jsonPrimitive.content == "true" })
    }
}
