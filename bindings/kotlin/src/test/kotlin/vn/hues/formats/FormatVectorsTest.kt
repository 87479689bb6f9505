package vn.hues.formats

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import vn.hues.vietnam.Language

/** The vectors of the field formats: the same files, and the same answers, as in Rust and Swift. */
class FormatVectorsTest {
    private val folder = File(System.getProperty("hues.vectors"), "../../../core/formats/vectors")

    @Test
    fun `cards of citizens`() = check("cccd-qr") { text, _ ->
        val card = readCccdQr(text)
        mapOf(
            "personal_id" to card.personalId, "old_id" to card.oldId, "full_name" to card.fullName,
            "birth_date" to card.birthDate, "sex" to card.sex.name.lowercase(), "address" to card.address,
            "issue_date" to card.issueDate, "extra" to card.extra, "warnings" to card.warnings.map { it.code() },
        )
    }

    @Test
    fun `numbers of persons`() = check("personal-id") { text, on ->
        val id = readPersonalId(text, on)
        mapOf(
            "personal_id" to id.personalId, "registration_code" to id.registrationCode, "sex" to id.sex.name.lowercase(),
            "century" to id.century.toInt(), "birth_year" to id.birthYear.toInt(), "warnings" to id.warnings.map { it.code() },
        )
    }

    @Test
    fun `machine readable zones`() = check("mrz") { text, on ->
        val zone = readMrz(text, on)
        mapOf(
            "format" to zone.format.name, "document_code" to zone.documentCode, "issuing_state" to zone.issuingState,
            "document_number" to zone.documentNumber, "optional_data" to zone.optionalData, "optional_data_2" to zone.optionalData2,
            "birth_yymmdd" to zone.birthYymmdd, "birth_date" to zone.birthDate?.text(), "sex" to zone.sex.name.lowercase(),
            "expiry_yymmdd" to zone.expiryYymmdd, "nationality" to zone.nationality, "surname" to zone.surname,
            "given_names" to zone.givenNames, "personal_id" to zone.personalId, "warnings" to zone.warnings.map { it.code() },
        )
    }

    @Test
    fun `numbers of health insurance`() = check("bhyt-number") { text, on ->
        val number = readBhytNumber(text, on)
        mapOf(
            "shape" to number.shape.name.lowercase().replace("_", ""), "number" to number.number,
            "object_code" to number.objectCode, "benefit_printed" to number.benefitPrinted?.toInt(),
            "benefit_level" to number.benefitLevel?.toInt(), "benefit_percent" to number.benefitPercent?.toInt(),
            "province" to number.province, "bhxh_number" to number.bhxhNumber, "warnings" to number.warnings.map { it.code() },
        )
    }

    @Test
    fun `cards of health insurance`() = check("bhyt-qr") { text, _ ->
        val card = readBhytQr(text)
        mapOf(
            "segments" to card.segments.toInt(), "card_code" to card.cardCode, "full_name" to card.fullName,
            "birth_date" to card.birthDate?.text(), "sex" to card.sex.name.lowercase(), "address" to card.address,
            "facility_code" to card.facilityCode, "valid_from" to card.validFrom?.text(), "valid_to" to card.validTo?.text(),
            "issue_date" to card.issueDate?.text(), "parent_name" to card.parentName, "living_area" to card.livingArea?.name,
            "five_years_from" to card.fiveYearsFrom?.text(), "benefit_level" to card.benefitLevel?.toInt(),
            "issuing_office" to card.issuingOffice, "warnings" to card.warnings.map { it.code() },
        )
    }

    @Test
    fun `codes of dossiers`() = check("dossier-code") { text, _ ->
        val code = readDossierCode(text)
        mapOf(
            "raw" to code.raw, "scheme" to code.scheme.name.lowercase().replace('_', '-'), "agency" to code.agency,
            "authority" to code.authority, "date" to code.date.text(), "sequence" to code.sequence.toLong(),
        )
    }

    @Test
    fun `numbers of telephones`() = check("phone-number") { text, _ ->
        val number = readPhoneNumber(text)
        mapOf(
            "e164" to number.e164, "national" to number.national, "type" to number.kind.name.lowercase(),
            "converted_from" to number.convertedFrom,
        )
    }

    @Test
    fun `codes of payments`() = check("vietqr") { text, _ ->
        val code = readPaymentCode(text)
        mapOf(
            "initiation" to code.initiation, "currency" to code.currency, "amount" to code.amount, "country" to code.country,
            "mcc" to code.mcc, "merchant_name" to code.merchantName, "merchant_city" to code.merchantCity,
            "warnings" to code.warnings.map { it.code() },
        )
    }

    @Test
    fun `numbers of goods`() = check("gtin") { text, _ ->
        val number = readGtin(text)
        mapOf("format" to number.format.name.replace("GTIN", "GTIN-").replace("_", ""), "gtin14" to number.gtin14)
    }

    @Test
    fun `addresses of goods`() = check("digital-link") { text, _ ->
        val link = readDigitalLink(text)
        mapOf(
            "gtin14" to link.gtin14, "host" to link.host, "canonical" to link.canonical,
            "warnings" to link.warnings.map { it.code() },
        )
    }

    @Test
    fun `a certificate on a day`() {
        val certificate = ocopCertificate("2022-08-03", "2025-05-05", 96.0, false)
        assertEquals(OcopState.EXPIRING, certificate.state)
        assertEquals("2025-08-03" to 90, certificate.validTo to certificate.daysLeft)
    }

    @Test
    fun `a refusal has words, a misread zone has offers, a shop its own code`() {
        val zone = "IDVNM1900123457046190012345<<5\n9OO3152F3003150VNM<<<<<<<<<<<8\nNGUYEN<<THI<HUONG<GIANG<<<<<<<"
        val refused = assertFailsWith<ReadException.Refused> { readMrz(zone, null) }
        assertEquals(Rule.CHECKSUM, refused.rule)
        assertTrue(refused.rule.words(Language.VI) != refused.rule.words(Language.EN))
        val offer = offerMrzRepairs(zone, "2026-11-24").single()
        assertEquals(listOf("O" to "0", "O" to "0"), offer.changes.map { it.from to it.to })
        assertEquals("1990-03-15", offer.mrz.birthDate?.text())
        assertFailsWith<ReadException.Refused> { readMrz(zone, "2026-02-30") }

        val code = readPaymentCode(buildVietqr("970436", "0123456789", 45_000uL, "Bún bò Huế"))
        assertEquals(45_000uL, code.dong)
        assertEquals(PaymentScheme.VIET_QR, code.payees.single().scheme)
    }

    private fun PartialDate.text() = when (this) {
        is PartialDate.Day -> date
        is PartialDate.Month -> "%04d-%02d".format(year.toInt(), month.toInt())
        is PartialDate.Year -> "%04d".format(year.toInt())
    }

    /** Every case gives the fields it names, or breaks the rule it names at the place it names. */
    private fun check(file: String, read: (String, String?) -> Map<String, Any?>) {
        val cases = Json.parseToJsonElement(File(folder, "$file.json").readText()).jsonArray.map { it.jsonObject }
        assertTrue(cases.size >= 10)
        val failed = cases.mapNotNull { case ->
            val input = case.getValue("input").jsonPrimitive.content
            val got = runCatching { read(input, case["on"]?.jsonPrimitive?.content) }
            val rule = case["error"]?.jsonPrimitive?.contentOrNull
            val refusal = got.exceptionOrNull() as? ReadException.Refused
            val holds = when {
                rule != null -> refusal?.rule?.code() == rule && (case["place"] ?: JsonPrimitive(refusal.place)).jsonPrimitive.content == refusal.place
                else -> got.getOrNull()?.all { (field, value) -> (case.getValue("value") as JsonObject)[field]?.let { it == json(value) } ?: true }
            }
            "${case.getValue("name").jsonPrimitive.content}: $got".takeIf { holds != true }
        }
        assertEquals(emptyList(), failed)
    }

    private fun json(value: Any?): JsonElement = when (value) {
        null -> JsonNull
        is Number -> JsonPrimitive(value)
        is List<*> -> JsonArray(value.map(::json))
        else -> JsonPrimitive(value.toString())
    }
}
