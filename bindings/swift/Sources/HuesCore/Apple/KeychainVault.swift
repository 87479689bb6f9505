// The Keychain as the core's vault. Compiled on Apple platforms alone (README.md says what has been run).

#if canImport(Security) && canImport(CryptoKit)
    import CryptoKit
    import Foundation
    import Security

    /// One random AES-256-GCM key a slot, kept in the Keychain of this device and never synchronised or restored elsewhere. What is sealed
    /// is nonce, ciphertext and tag, bound to the associated data.
    public final class KeychainVault: KeyVault {
        private let service: String

        /// `service` parts this app's slots from others'.
        public init(service: String = "vn.hues.core") {
            self.service = service
        }

        public func create(name: String, `class`: SlotClass) throws {
            var item = query(name)
            item[kSecValueData] = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            switch `class` {
            // The queue empties with the phone locked, from the first unlock after a boot on.
            case .background: item[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            case .unlocked: item[kSecAttrAccessible] = kSecAttrAccessibleWhenUnlockedThisDeviceOnly
            case .userPresent:
                item[kSecAttrAccessControl] = SecAccessControlCreateWithFlags(
                    nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .userPresence, nil)
            }
            let status = SecItemAdd(item as CFDictionary, nil)
            if status != errSecDuplicateItem { try check(status) }
        }

        public func seal(name: String, associated: Data, secret: Data) throws -> Data {
            let box = try? AES.GCM.seal(secret, using: key(name), authenticating: associated)
            guard let sealed = box?.combined else { throw VaultError.Failed }
            return sealed
        }

        public func open(name: String, associated: Data, sealed: Data) throws -> Data {
            let key = try key(name)
            do {
                return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: associated)
            } catch {
                throw VaultError.Mismatch
            }
        }

        public func destroy(name: String) throws {
            let status = SecItemDelete(query(name) as CFDictionary)
            if status != errSecItemNotFound { try check(status) }
        }

        /// The Keychain guards its items with the Secure Enclave, but gives the key to this process: not what is meant here.
        public func hardware() throws -> Bool { false }

        private func key(_ name: String) throws -> SymmetricKey {
            var wanted = query(name)
            wanted[kSecReturnData] = true
            var found: CFTypeRef?
            try check(SecItemCopyMatching(wanted as CFDictionary, &found))
            guard let bytes = found as? Data, bytes.count == 32 else { throw VaultError.Failed }
            return SymmetricKey(data: bytes)
        }

        private func query(_ name: String) -> [CFString: Any] {
            [
                kSecClass: kSecClassGenericPassword,
                kSecAttrService: service,
                kSecAttrAccount: name,
                kSecUseDataProtectionKeychain: true,
            ]
        }

        private func check(_ status: OSStatus) throws {
            switch status {
            case errSecSuccess: return
            case errSecItemNotFound: throw VaultError.Gone
            case errSecInteractionNotAllowed, errSecUserCanceled, errSecAuthFailed: throw VaultError.Locked
            default: throw VaultError.Failed
            }
        }
    }
#endif
