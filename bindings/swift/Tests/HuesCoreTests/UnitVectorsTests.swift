import Foundation
import HuesCore
import Testing

/// The vectors of administrative units, and the search form: the same answers as in Rust and Kotlin.
struct UnitVectorsTests {
    @Test func unitsOfTodayAndOfThen() throws {
        let vectors = try #require(ProcessInfo.processInfo.environment["HUES_VECTORS"], "HUES_VECTORS names no folder")
        let file = URL(fileURLWithPath: vectors).appendingPathComponent("../../../core/vietnam/vectors/unit.json")
        let cases = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
        var asked = 0
        for case_ in cases {
            let name = case_["name"] as? String ?? ""
            let input = try #require(case_["input"] as? String)
            guard let question = try? JSONSerialization.jsonObject(with: Data(input.utf8)) as? [String: Any],
                question["ward"] == nil, (question["code"] == nil) != (question["text"] == nil)
            else { continue }
            asked += 1
            let on = question["on"] as? String
            do {
                let unit = try question["code"].map { try findUnitByCode(code: "\($0)", on: on) }
                    ?? findUnit(address: question["text"] as? String ?? "", on: on)
                let wanted = try #require(case_["value"] as? [String: Any], "\(name): found, not refused")
                if let code = wanted["current_code"] { #expect(code as? String == unit.current?.code, "\(name)") }
                if let title = wanted["current_name"] { #expect(title as? String == unit.current?.name, "\(name)") }
                if let status = wanted["status"] as? String { #expect(status == "\(unit.status)", "\(name)") }
                if let warnings = wanted["warnings"] as? [String] { #expect(warnings == unit.warnings, "\(name)") }
            } catch UnitFindError.Unknown {
                #expect(case_["error"] as? String == "unknown-code", "\(name)")
            } catch UnitFindError.Ambiguous {
                #expect(case_["error"] as? String == "ambiguous", "\(name)")
            }
        }
        #expect(asked >= 10)
    }

    @Test func theSearchForm() {
        #expect(foldText(text: "Đường LÊ LỢI") == "duong le loi")
        #expect(foldText(text: "Hue\u{302}\u{301}") == foldText(text: "Huế"))
    }
}
