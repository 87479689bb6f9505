import Foundation
import Testing

@testable import HuesCore

/// The whole way: a phone in Swift, the built-in transport, a city in a process of its own.
@Suite(.timeLimit(.minutes(2))) struct JourneyTests {
    @Test(.enabled(if: SandboxCity.available, "HUES_BIN names no program with the verb `city`"))
    func aReportFiledInTheDarkReachesTheCity() async throws {
        let city = try SandboxCity()
        let phone = Phone()
        let core = try await phone.open(city: city.address)
        try await core.start(link: .none)
        let filed = try await core.file("Ổ gà lớn trước chợ Đông Ba")
        #expect(try await core.status().waiting == 1)

        try await core.networkChanged(link: .good)
        _ = try await core.signInSandbox(name: "citizen", staff: nil)
        #expect(try await core.settle(budgetMs: 30_000))
        let lines = try await core.feedback().reports().until { $0.first?.pending == false }
        #expect(lines.map(\.id) == [filed.id])
        #expect(lines.map(\.state) == ["received"])
        #expect(try await core.outbox().items(done: true).allSatisfy { $0.state == "done" })
    }
}

/// `hues city`, run for one test.
private final class SandboxCity {
    let address: CityAddress
    private let process: Process

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
        address = CityAddress(url: ready.url, rootKey: Data(root), tlsRoots: [])
    }

    deinit {
        // Not SIGTERM: the child inherits the signal mask of a dispatch thread, which blocks it. The city's state is in memory anyway.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private struct Ready: Decodable {
        let url: String
        let root: String
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
