import Foundation
import HuesConformance
import Testing

/// The test vectors of the field protocol: the same files, and the same answers, as in Rust and Kotlin.
struct VectorsTests {
    let files: [URL]

    init() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["HUES_VECTORS"], "HUES_VECTORS names no folder")
        files = try FileManager.default
            .contentsOfDirectory(at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
    }

    @Test func everyCaseOfEveryFileGetsItsAnswer() throws {
        #expect(files.count == 11)
        let all = try files.flatMap { try cases(of: Data(contentsOf: $0)) }
        #expect(all.count >= 250)
        let failed = try all.filter { try !holds($0) }
        #expect(failed.compactMap { $0["name"] as? String } == [])
    }

    @Test func oneFlippedByteOfAFileFailsIt() throws {
        for file in files {
            let data = try Data(contentsOf: file)
            let name = file.lastPathComponent
            var case_ = try #require(cases(of: data).first)
            let out = try text(case_["out"] as Any)
            let last = try #require(out.lastIndex { $0.isASCII && $0 != "\"" && $0 != "}" && $0 != "]" })
            var flipped = out
            flipped.replaceSubrange(last...last, with: out[last] == "0" ? "1" : "0")
            case_["out"] = try? JSONSerialization.jsonObject(with: Data(flipped.utf8), options: .fragmentsAllowed)
            #expect(try !holds(case_), "\(name): a flipped byte of an answer went unseen")
            #expect(throws: (any Error).self, "\(name): half a file was taken") {
                try cases(of: data.prefix(data.count / 2))
            }
        }
    }

    @Test(arguments: ["ops", "parts", "bundles", "signed", "keys", "proofs"])
    func oneFlippedByteOfWhatIsSignedOrHashedChangesTheAnswer(name: String) throws {
        let file = try #require(files.first { $0.lastPathComponent == "\(name).json" })
        var case_ = try #require(cases(of: Data(contentsOf: file)).first { $0["out"] is [String: Any] })
        var question = try #require(case_["in"] as? [String: Any])
        var hex = Array(try #require(question["hex"] as? String))
        hex[hex.count / 2] = hex[hex.count / 2] == "0" ? "1" : "0"
        question["hex"] = String(hex)
        case_["in"] = question
        #expect(try !holds(case_))
    }

    @Test func whatSwiftCanCheckByItselfItFindsTheSame() throws {
        let file = try #require(files.first { $0.lastPathComponent == "texts.json" })
        for case_ in try cases(of: Data(contentsOf: file)) {
            let answer = try #require(case_["out"] as? [String: Any])
            let clean = try #require(answer["clean"] as? String)
            // As scalars: Swift's own equality is canonical and would not see a difference.
            #expect(Array(clean.precomposedStringWithCanonicalMapping.unicodeScalars) == Array(clean.unicodeScalars))
            #expect(clean.unicodeScalars.count == answer["length"] as? Int)
        }
    }

    private func cases(of file: Data) throws -> [[String: Any]] {
        let whole = try JSONSerialization.jsonObject(with: file) as? [String: Any]
        return try #require(whole?["cases"] as? [[String: Any]])
    }

    /// Whether the library's answer is the one that the file names, compared as text with sorted keys.
    private func holds(_ case_: [String: Any]) throws -> Bool {
        let question = try text(["what": case_["what"] as Any, "in": case_["in"] as Any])
        let (answer, wanted) = try (judge(question), text(case_["out"] as Any))
        return answer != "\"bad-question\"" && answer == wanted
    }

    private func judge(_ question: String) throws -> String {
        var answer = [UInt8](repeating: 0, count: 1 << 16)
        let asked = Array(question.utf8)
        let length = hues_conformance(asked, asked.count, &answer, answer.count)
        try #require(length > 0 && length <= answer.count, "the judge failed")
        let said = try JSONSerialization.jsonObject(with: Data(answer.prefix(length)), options: .fragmentsAllowed)
        return try text(said)
    }

    private func text(_ json: Any) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed])
        return String(decoding: data, as: UTF8.self)
    }
}
