package vn.hues.demo

import java.util.concurrent.ConcurrentHashMap
import java.util.HexFormat
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import vn.hues.core.CityAddress
import vn.hues.core.KeyVault
import vn.hues.core.SlotClass
import vn.hues.core.VaultException

/** The app with a vault that Robolectric can run and a city in a process of its own. */
class TestApp : DemoApp() {
    private val running = ProcessBuilder(System.getProperty("hues.bin"), "--json", "city")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()

    override fun vault(): KeyVault = TokenVault()

    override fun city(): CityAddress {
        val ready = JSONObject(running.inputStream.bufferedReader().readLine())
        return CityAddress(ready.getString("url"), HexFormat.of().parseHex(ready.getString("root")), emptyList())
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    fun draftTexts(): List<String> = runBlocking { core.getCompleted().feedback().drafts().map { it.input.text } }

    fun end() {
        scope.cancel()
        runBlocking { core.await().close() }
        running.destroy()
        running.waitFor()
    }
}

/** A vault whose secrets never leave the process: what it gives out is a number, not a ciphertext. Never for an app. */
private class TokenVault : KeyVault {
    private val kept = ConcurrentHashMap<Pair<String, Int>, Pair<List<Byte>, ByteArray>>()

    override fun create(name: String, `class`: SlotClass) = Unit

    override fun seal(name: String, associated: ByteArray, secret: ByteArray): ByteArray {
        val token = kept.size
        kept[name to token] = associated.toList() to secret
        return byteArrayOf(token.toByte())
    }

    override fun open(name: String, associated: ByteArray, sealed: ByteArray): ByteArray {
        val (bound, secret) = kept[name to sealed.single().toInt()] ?: throw VaultException.Gone()
        return if (bound == associated.toList()) secret else throw VaultException.Mismatch()
    }

    override fun destroy(name: String) = kept.keys.removeIf { it.first == name }.let { }

    override fun hardware() = false
}
