package vn.hues.core.android

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory
import javax.crypto.spec.GCMParameterSpec
import vn.hues.core.KeyVault
import vn.hues.core.SlotClass
import vn.hues.core.VaultException

/**
 * The Android Keystore as the core's vault: one AES-256-GCM key a slot, which never leaves the keystore. What is sealed is the nonce and
 * the ciphertext with its tag.
 *
 * Calls take milliseconds and may reach another process: the core makes them on its own threads.
 */
class KeystoreVault : KeyVault {
    private val store = KeyStore.getInstance(PROVIDER).apply { load(null) }

    override fun create(name: String, `class`: SlotClass) = typed {
        if (!store.containsAlias(alias(name))) generate(name, `class`)
    }

    override fun seal(name: String, associated: ByteArray, secret: ByteArray): ByteArray = typed {
        val cipher = Cipher.getInstance(ALGORITHM).apply { init(Cipher.ENCRYPT_MODE, key(name)) }
        cipher.updateAAD(associated)
        cipher.iv + cipher.doFinal(secret)
    }

    override fun open(name: String, associated: ByteArray, sealed: ByteArray): ByteArray = typed {
        if (sealed.size < NONCE + TAG) throw VaultException.Mismatch()
        val nonce = GCMParameterSpec(8 * TAG, sealed, 0, NONCE)
        val cipher = Cipher.getInstance(ALGORITHM).apply { init(Cipher.DECRYPT_MODE, key(name), nonce) }
        cipher.updateAAD(associated)
        cipher.doFinal(sealed, NONCE, sealed.size - NONCE)
    }

    override fun destroy(name: String) = typed { store.deleteEntry(alias(name)) }

    /** True when every key of ours lives in a secure element or a trusted environment; false while there is none. */
    override fun hardware(): Boolean = typed {
        val ours = store.aliases().toList().filter { it.startsWith(PREFIX) }.mapNotNull { store.getKey(it, null) as? SecretKey }
        ours.isNotEmpty() && ours.all(::inHardware)
    }

    private fun generate(name: String, slot: SlotClass) {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(alias(name), purposes)
            .setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        when (slot) {
            // Usable from the first unlock after a boot: the app's own storage is not there before either.
            SlotClass.BACKGROUND -> Unit
            SlotClass.UNLOCKED -> if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setUnlockedDeviceRequired(true)
            SlotClass.USER_PRESENT -> spec.setUserAuthenticationRequired(true)
        }
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).apply { init(spec.build()) }.generateKey()
    }

    private fun key(name: String) = store.getKey(alias(name), null) as? SecretKey ?: throw VaultException.Gone()

    private fun inHardware(key: SecretKey): Boolean {
        val info = SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) {
            @Suppress("DEPRECATION") // the only word older systems have
            return info.isInsideSecureHardware
        }
        return info.securityLevel == KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT ||
            info.securityLevel == KeyProperties.SECURITY_LEVEL_STRONGBOX
    }

    /** The keystore's many exceptions as the few that the core acts on. */
    private fun <R> typed(block: () -> R): R = try {
        block()
    } catch (error: VaultException) {
        throw error
    } catch (_: UserNotAuthenticatedException) {
        throw VaultException.Locked()
    } catch (_: KeyPermanentlyInvalidatedException) {
        throw VaultException.Gone()
    } catch (_: UnrecoverableKeyException) {
        throw VaultException.Gone()
    } catch (_: AEADBadTagException) {
        throw VaultException.Mismatch()
    } catch (_: GeneralSecurityException) {
        throw VaultException.Failed()
    } catch (_: ProviderException) {
        throw VaultException.Failed()
    }

    private fun alias(name: String) = PREFIX + name

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val PREFIX = "hues/"
        const val ALGORITHM = "AES/GCM/NoPadding"
        const val NONCE = 12
        const val TAG = 16
    }
}
