package vn.hues.core

import java.util.concurrent.ConcurrentHashMap
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** A key vault whose keys die with the process: AES-256-GCM, the nonce before the sealed bytes. Never for an app. */
class MemoryKeyVault : KeyVault {
    private val slots = ConcurrentHashMap<String, SecretKey>()

    override fun create(name: String, `class`: SlotClass) {
        slots.computeIfAbsent(name) { KeyGenerator.getInstance("AES").apply { init(256) }.generateKey() }
    }

    override fun seal(name: String, associated: ByteArray, secret: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(ALGORITHM).apply { init(Cipher.ENCRYPT_MODE, key(name)) }
        cipher.updateAAD(associated)
        return cipher.iv + cipher.doFinal(secret)
    }

    override fun open(name: String, associated: ByteArray, sealed: ByteArray): ByteArray {
        if (sealed.size < NONCE) throw VaultException.Mismatch()
        val nonce = GCMParameterSpec(128, sealed, 0, NONCE)
        val cipher = Cipher.getInstance(ALGORITHM).apply { init(Cipher.DECRYPT_MODE, key(name), nonce) }
        cipher.updateAAD(associated)
        return try {
            cipher.doFinal(sealed, NONCE, sealed.size - NONCE)
        } catch (_: AEADBadTagException) {
            throw VaultException.Mismatch()
        }
    }

    override fun destroy(name: String) {
        slots.remove(name)
    }

    override fun hardware() = false

    private fun key(name: String) = slots[name] ?: throw VaultException.Gone()

    private companion object {
        const val ALGORITHM = "AES/GCM/NoPadding"
        const val NONCE = 12
    }
}
