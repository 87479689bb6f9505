import Foundation

@testable import HuesCore

/// A key vault whose secrets never leave this process: what it gives out is a random token, not a ciphertext. Never for an app.
final class MemoryKeyVault: KeyVault, @unchecked Sendable {
    private struct Entry {
        let associated: Data
        let secret: Data
    }

    // Guards `slots`: the core calls from its own threads.
    private let lock = NSLock()
    private var slots: [String: [Data: Entry]] = [:]

    func create(name: String, `class`: SlotClass) throws {
        lock.withLock { slots[name] = slots[name] ?? [:] }
    }

    func seal(name: String, associated: Data, secret: Data) throws -> Data {
        let token = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        try lock.withLock {
            guard slots[name] != nil else { throw VaultError.Gone }
            slots[name]?[token] = Entry(associated: associated, secret: secret)
        }
        return token
    }

    func open(name: String, associated: Data, sealed: Data) throws -> Data {
        try lock.withLock {
            guard let slot = slots[name] else { throw VaultError.Gone }
            guard let entry = slot[sealed], entry.associated == associated else { throw VaultError.Mismatch }
            return entry.secret
        }
    }

    func destroy(name: String) throws {
        lock.withLock { _ = slots.removeValue(forKey: name) }
    }

    func hardware() -> Bool { false }
}
