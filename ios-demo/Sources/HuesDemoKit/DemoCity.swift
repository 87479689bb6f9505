import Foundation
import HuesCore

/// The city this app talks to, from `city.json` (README.md). Without one everything works but sending.
public enum DemoCity {
    public static func bundled() throws -> CityAddress? {
        guard let file = Bundle.main.url(forResource: "city", withExtension: "json") else { return nil }
        return try address(from: Data(contentsOf: file))
    }

    /// `{"url": …, "root": 64 hexadecimal digits, "ca": PEM, only for https}`
    public static func address(from json: Data) throws -> CityAddress {
        let city = try JSONDecoder().decode(File.self, from: json)
        let digits = Array(city.root)
        guard digits.count == 64 else { throw CocoaError(.coderInvalidValue) }
        let root = stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        let base64 = (city.ca ?? "").split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let authorities = base64.isEmpty ? [] : [Data(base64Encoded: base64) ?? Data()]
        return CityAddress(url: city.url, rootKey: Data(root), tlsRoots: authorities)
    }

    private struct File: Decodable {
        let url: String
        let root: String
        let ca: String?
    }
}
