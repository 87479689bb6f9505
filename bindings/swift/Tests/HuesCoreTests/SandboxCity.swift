import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

import Testing

@testable import HuesCore

/// `hues city`, run for one test. Its state lies in memory: it dies with the test.
final class SandboxCity {
    let address: CityAddress
    private let process: Process

    private let admin: URLRequest

    static let program = ProcessInfo.processInfo.environment["HUES_BIN"] ?? ""

    static var available: Bool {
        guard let (process, output) = try? run(["city", "--help"]) else { return false }
        let help = output.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 && !help.isEmpty
    }

    init() throws {
        let (process, output) = try Self.run(["--json", "city"])
        self.process = process
        let ready = try JSONDecoder().decode(Ready.self, from: Self.line(of: output))
        let digits = Array(ready.root)
        let root = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        var admin = URLRequest(url: try #require(URL(string: ready.admin_url + "/state")))
        admin.setValue("Bearer \(ready.admin_token)", forHTTPHeaderField: "authorization")
        self.admin = admin
        address = CityAddress(url: ready.url, rootKey: Data(root), tlsRoots: [])
    }

    /// Its list of keys, as a third party fetches it.
    func keys() async throws -> Data {
        try await fetch(URLRequest(url: #require(URL(string: address.url + "/keys"))))
    }

    /// Everything it stores.
    func state() async throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: await fetch(admin)) as? [String: Any])
    }

    private func fetch(_ request: URLRequest) async throws -> Data {
        try await withCheckedThrowingContinuation { answer in
            URLSession.shared.dataTask(with: request) { data, _, error in
                answer.resume(with: data.map { .success($0) } ?? .failure(error ?? Ended()))
            }.resume()
        }
    }

    deinit {
        // Not SIGTERM: the child inherits the signal mask of a dispatch thread, which blocks it. The city's state is in memory anyway.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private struct Ready: Decodable {
        let url: String
        let root: String
        let admin_url: String
        let admin_token: String
    }

    private static func run(_ arguments: [String]) throws -> (Process, FileHandle) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private static func line(of output: FileHandle) -> Data {
        var line = Data()
        while let byte = output.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return line
    }
}
