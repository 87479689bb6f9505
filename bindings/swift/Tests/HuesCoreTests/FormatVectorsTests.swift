import Foundation
import HuesCore
import Testing

/// The vectors of the field formats: the same files, and the same answers, as in Rust and Kotlin.
struct FormatVectorsTests {
    let folder: URL

    init() throws {
        let vectors = try #require(ProcessInfo.processInfo.environment["HUES_VECTORS"], "HUES_VECTORS names no folder")
        folder = URL(fileURLWithPath: vectors).appendingPathComponent("../../../core/formats/vectors")
    }

    @Test func cardsOfCitizens() throws {
        try check("cccd-qr") { text, _ in
            let card = try readCccdQr(text: text)
            return [
                "personal_id": card.personalId, "old_id": card.oldId, "full_name": card.fullName, "birth_date": card.birthDate,
                "sex": "\(card.sex)", "address": card.address, "issue_date": card.issueDate, "extra": card.extra,
                "warnings": card.warnings.map { $0.code() },
            ]
        }
    }

    @Test func numbersOfPersons() throws {
        try check("personal-id") { text, on in
            let id = try readPersonalId(text: text, on: on)
            return [
                "personal_id": id.personalId, "registration_code": id.registrationCode, "sex": "\(id.sex)",
                "century": Int(id.century), "birth_year": Int(id.birthYear), "warnings": id.warnings.map { $0.code() },
            ]
        }
    }

    @Test func machineReadableZones() throws {
        try check("mrz") { text, on in
            let zone = try readMrz(text: text, on: on)
            return [
                "format": "\(zone.format)".uppercased(), "document_code": zone.documentCode, "issuing_state": zone.issuingState,
                "document_number": zone.documentNumber, "optional_data": zone.optionalData, "birth_yymmdd": zone.birthYymmdd,
                "birth_date": zone.birthDate.map(said), "sex": "\(zone.sex)", "expiry_yymmdd": zone.expiryYymmdd,
                "nationality": zone.nationality, "surname": zone.surname, "given_names": zone.givenNames,
                "personal_id": zone.personalId, "warnings": zone.warnings.map { $0.code() },
            ]
        }
    }

    @Test func numbersOfHealthInsurance() throws {
        try check("bhyt-number") { text, on in
            let number = try readBhytNumber(text: text, on: on)
            return [
                "shape": "\(number.shape)", "number": number.number, "object_code": number.objectCode,
                "benefit_printed": number.benefitPrinted.map { Int($0) }, "benefit_level": number.benefitLevel.map { Int($0) },
                "benefit_percent": number.benefitPercent.map { Int($0) }, "province": number.province,
                "bhxh_number": number.bhxhNumber, "warnings": number.warnings.map { $0.code() },
            ]
        }
    }

    @Test func cardsOfHealthInsurance() throws {
        try check("bhyt-qr") { text, _ in
            let card = try readBhytQr(text: text)
            return [
                "segments": Int(card.segments), "card_code": card.cardCode, "full_name": card.fullName,
                "birth_date": card.birthDate.map(said), "sex": "\(card.sex)", "address": card.address,
                "facility_code": card.facilityCode, "valid_from": card.validFrom.map(said), "valid_to": card.validTo.map(said),
                "issue_date": card.issueDate.map(said), "parent_name": card.parentName,
                "living_area": card.livingArea.map { "\($0)".uppercased() }, "benefit_level": card.benefitLevel.map { Int($0) },
                "issuing_office": card.issuingOffice, "warnings": card.warnings.map { $0.code() },
            ]
        }
    }

    @Test func codesOfDossiers() throws {
        try check("dossier-code") { text, _ in
            let code = try readDossierCode(text: text)
            return [
                "raw": code.raw, "agency": code.agency, "authority": code.authority, "date": said(code.date),
                "sequence": Int(code.sequence),
            ]
        }
    }

    @Test func numbersOfTelephones() throws {
        try check("phone-number") { text, _ in
            let number = try readPhoneNumber(text: text)
            return [
                "e164": number.e164, "national": number.national, "type": "\(number.kind)",
                "converted_from": number.convertedFrom,
            ]
        }
    }

    @Test func codesOfPayments() throws {
        try check("vietqr") { text, _ in
            let code = try readPaymentCode(text: text)
            return [
                "initiation": code.initiation, "currency": code.currency, "amount": code.amount, "country": code.country,
                "mcc": code.mcc, "merchant_name": code.merchantName, "merchant_city": code.merchantCity,
                "warnings": code.warnings.map { $0.code() },
            ]
        }
    }

    @Test func numbersAndAddressesOfGoods() throws {
        try check("gtin") { text, _ in ["gtin14": try readGtin(text: text).gtin14] }
        try check("digital-link") { text, _ in
            let link = try readDigitalLink(text: text)
            return ["gtin14": link.gtin14, "host": link.host, "canonical": link.canonical, "warnings": link.warnings.map { $0.code() }]
        }
    }

    @Test func aCertificateOnADay() throws {
        let certificate = try ocopCertificate(issued: "2022-08-03", on: "2025-05-05", score: 96, revoked: false)
        #expect(certificate.state == .expiring && certificate.validTo == "2025-08-03" && certificate.daysLeft == 90)
    }

    @Test func refusalsHaveWordsMisreadZonesOffersAShopItsOwnCode() throws {
        let zone = "IDVNM1900123457046190012345<<5\n9OO3152F3003150VNM<<<<<<<<<<<8\nNGUYEN<<THI<HUONG<GIANG<<<<<<<"
        #expect(throws: ReadError.self) { try readMrz(text: zone, on: nil) }
        do {
            _ = try readMrz(text: zone, on: nil)
        } catch ReadError.Refused(let rule, let place) {
            #expect(rule == .checksum && place == "line 2, column 7")
            #expect(rule.words(language: .vi) != rule.words(language: .en))
        }
        let offers = try offerMrzRepairs(text: zone, on: "2026-11-24")
        #expect(offers.map { $0.changes.map(\.to) } == [["0", "0"]])
        #expect(offers.first?.mrz.birthDate.map(said) == "1990-03-15")

        let code = try readPaymentCode(text: buildVietqr(bin: "970436", account: "0123456789", dong: 45_000, purpose: "Bún bò Huế"))
        #expect(code.dong == 45_000)
        #expect(code.payees.map(\.scheme) == [.vietQr])
    }

    private func said(_ date: PartialDate) -> String {
        switch date {
        case .day(let date): date
        case .month(let year, let month): String(format: "%04d-%02d", Int(year), Int(month))
        case .year(let year): String(format: "%04d", Int(year))
        }
    }

    /// Every case gives the fields it names, or breaks the rule it names at the place it names.
    private func check(_ file: String, _ read: (String, String?) throws -> [String: Any?]) throws {
        let data = try Data(contentsOf: folder.appendingPathComponent("\(file).json"))
        let cases = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(cases.count >= 10)
        for case_ in cases {
            let name = try #require(case_["name"] as? String)
            let input = try #require(case_["input"] as? String)
            do {
                let got = try read(input, case_["on"] as? String)
                let wanted = try #require(case_["value"] as? [String: Any], "\(file), \(name): read, not refused")
                for (field, value) in got {
                    guard let expected = wanted[field] else { continue }
                    #expect(same(value, expected), "\(file), \(name), \(field): \(String(describing: value)), not \(expected)")
                }
            } catch ReadError.Refused(let rule, let place) {
                #expect(rule.code() == case_["error"] as? String, "\(file), \(name)")
                #expect(place == case_["place"] as? String ?? place, "\(file), \(name)")
            }
        }
    }

    private func same(_ value: Any?, _ expected: Any) -> Bool {
        guard let value else { return expected is NSNull }
        if let texts = value as? [String] { return texts == expected as? [String] }
        if let number = value as? Int { return number == expected as? Int }
        return value as? String == expected as? String
    }
}
