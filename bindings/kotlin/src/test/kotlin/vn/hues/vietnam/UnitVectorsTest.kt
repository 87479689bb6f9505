package vn.hues.vietnam

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The vectors of administrative units, and the search form: the same answers as in Rust and Swift. */
class UnitVectorsTest {
    private val file = File(System.getProperty("hues.vectors"), "../../../core/vietnam/vectors/unit.json")

    @Test
    fun `units of today and of then`() {
        val cases = Json.parseToJsonElement(file.readText()).jsonArray.map { it.jsonObject }
        var asked = 0
        val failed = cases.mapNotNull { case ->
            val question = runCatching { Json.parseToJsonElement(case.word("input")!!).jsonObject }.getOrNull() ?: return@mapNotNull null
            if (question.keys.intersect(setOf("code", "text")).size != 1 || "ward" in question) return@mapNotNull null
            asked++
            val got = runCatching {
                question.word("code")?.let { findUnitByCode(it, question.word("on")) } ?: findUnit(question.word("text")!!, question.word("on"))
            }
            val rule = when (got.exceptionOrNull()) {
                null -> null
                is UnitFindException.Unknown -> "unknown-code"
                is UnitFindException.Ambiguous -> "ambiguous"
                else -> "date"
            }
            "${case.word("name")}: $got".takeIf { rule != case.word("error") || got.isSuccess && !holds(case.getValue("value").jsonObject, got.getOrThrow()) }
        }
        assertEquals(emptyList(), failed)
        assertTrue(asked >= 10, "$asked asked")
    }

    @Test
    fun `the search form`() {
        assertEquals("duong le loi", foldText("Đường LÊ LỢI"))
        assertEquals(foldText("Hue\u0302\u0301"), foldText("Huế"))
    }

    private fun holds(wanted: JsonObject, unit: FoundUnit) =
        (wanted.word("status") ?: unit.status.name.lowercase()) == unit.status.name.lowercase() &&
            ("current_code" !in wanted || wanted.word("current_code") == unit.current?.code) &&
            ("current_name" !in wanted || wanted.word("current_name") == unit.current?.name) &&
            ("warnings" !in wanted || wanted.getValue("warnings").jsonArray.map { it.jsonPrimitive.content } == unit.warnings)

    private fun JsonObject.word(field: String) = get(field)?.takeIf { it !is JsonNull }?.jsonPrimitive?.contentOrNull
}
