package vn.hues.core

import com.sun.jna.Library
import com.sun.jna.Native
import java.io.File
import java.security.MessageDigest
import java.text.Normalizer
import java.util.HexFormat
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFails
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The test vectors of the field protocol: the same files, and the same answers, as in Rust and Swift. */
class VectorsTest {
    private val files = File(System.getProperty("hues.vectors")).listFiles { file -> file.extension == "json" }!!.sorted()

    @Test
    fun `every case of every file gets its answer`() {
        assertEquals(11, files.size)
        val cases = files.flatMap { casesOf(it.readText()) }
        assertEquals(emptyList(), cases.filterNot(::holds).map { it.word("name") })
        assertTrue(cases.size >= 250, "${cases.size} cases only")
    }

    @Test
    fun `one flipped byte of a file fails it`() {
        for (file in files) {
            val text = file.readText()
            val cases = casesOf(text)
            val case = cases.firstOrNull { it.getValue("out") is JsonObject && "null" !in it.getValue("out").toString() } ?: cases.first()
            val answer = Json.parseToJsonElement(flipped(case.getValue("out").toString()) { it.isLetterOrDigit() })
            assertTrue(!holds(JsonObject(case + ("out" to answer))), "${file.name}: a flipped byte of an answer went unseen")
            assertFails("${file.name}: half a file was taken") { casesOf(text.take(text.length / 2)) }
        }
    }

    @Test
    fun `one flipped byte of what is signed or hashed changes the answer`() {
        for (name in listOf("ops", "parts", "bundles", "signed", "keys", "proofs")) {
            val (question, answer) = answers(name).first { it.second is JsonObject }
            val hex = question.word("hex").let { flipped(it.take(it.length / 2)) { true } + it.drop(it.length / 2) }
            val what = casesOf(file(name)).first().getValue("what")
            val case = mapOf("what" to what, "in" to JsonObject(question + ("hex" to JsonPrimitive(hex))), "out" to answer)
            assertTrue(!holds(JsonObject(case)), name)
        }
    }

    @Test
    fun `what Kotlin can check by itself, it finds the same`() {
        val parts = answers("parts")
        for ((question, answer) in parts.filter { it.second is JsonObject }) {
            val sha256 = MessageDigest.getInstance("SHA-256").digest(HexFormat.of().parseHex(question.word("hex")))
            assertEquals(HexFormat.of().formatHex(sha256), answer.jsonObject.word("sha256"))
        }
        val texts = answers("texts").map { it.second.jsonObject }
        for (answer in texts) {
            val clean = answer.word("clean")
            assertEquals(Normalizer.normalize(clean, Normalizer.Form.NFC), clean)
            assertEquals(clean.codePointCount(0, clean.length), answer.word("length").toInt())
        }
        assertTrue(parts.isNotEmpty() && texts.isNotEmpty())
    }

    private fun file(name: String) = files.single { it.nameWithoutExtension == name }.readText()

    private fun answers(name: String): List<Pair<JsonObject, JsonElement>> =
        casesOf(file(name)).map { it.getValue("in").jsonObject to it.getValue("out") }
}

private fun casesOf(text: String): List<JsonObject> =
    Json.parseToJsonElement(text).jsonObject.getValue("cases").jsonArray.map { it.jsonObject }

private fun JsonObject.word(key: String) = getValue(key).jsonPrimitive.content

private fun holds(case: JsonObject): Boolean {
    val question = buildJsonObject {
        put("what", case.getValue("what"))
        put("in", case.getValue("in"))
    }
    val answer = Judge.answer(question.toString())
    return answer != JsonPrimitive("bad-question") && answer == case.getValue("out")
}

/** [text] with the lowest bit of its last character that [fits] turned over. */
private fun flipped(text: String, fits: (Char) -> Boolean): String {
    val index = text.indexOfLast(fits)
    return text.replaceRange(index, index + 1, Char(text[index].code xor 1).toString())
}

/** The judge of `libhues_conformance`, a library for tests alone. */
private object Judge {
    @Suppress("FunctionName") // the name of a C function
    private interface C : Library {
        // size_t: 64 bits wherever these tests run.
        fun hues_conformance(question: ByteArray, length: Long, answer: ByteArray, room: Long): Long
    }

    private val library = Native.load("hues_conformance", C::class.java)

    fun answer(question: String): JsonElement {
        val asked = question.toByteArray()
        val answer = ByteArray(1 shl 16)
        val length = library.hues_conformance(asked, asked.size.toLong(), answer, answer.size.toLong())
        check(length in 1..answer.size) { "the judge failed" }
        return Json.parseToJsonElement(String(answer, 0, length.toInt()))
    }
}
