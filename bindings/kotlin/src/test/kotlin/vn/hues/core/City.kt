package vn.hues.core

import java.io.File
import java.net.HttpURLConnection
import java.net.URI
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.util.HexFormat
import javax.net.ssl.HttpsURLConnection
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** `hues city`, run for one test. */
class City(vararg arguments: String) : AutoCloseable {
    private val process = hues("--json", "city", *arguments)
    private val ready = process.inputStream.bufferedReader().readLine().let { Json.parseToJsonElement(it).jsonObject }

    /** Its certificate authority, when it speaks TLS. */
    val authority: X509Certificate? = ready["ca"]?.let { file ->
        File(file.jsonPrimitive.content).inputStream().use { CertificateFactory.getInstance("X.509").generateCertificate(it) as X509Certificate }
    }

    val address = CityAddress(word("url"), HexFormat.of().parseHex(word("root")), listOfNotNull(authority?.encoded))

    /** Everything it stores. */
    fun state(): JsonObject {
        val call = URI(word("admin_url") + "/state").toURL().openConnection() as HttpURLConnection
        call.setRequestProperty("authorization", "Bearer " + word("admin_token"))
        return Json.parseToJsonElement(call.inputStream.reader().readText()).jsonObject
    }

    /** Its list of keys, as a third party fetches it. */
    val keys: ByteArray by lazy {
        val call = URI(word("url") + "/keys").toURL().openConnection()
        if (call is HttpsURLConnection) call.sslSocketFactory = authority!!.alone().socketFactory
        call.inputStream.readAllBytes()
    }

    override fun close() {
        process.destroy()
        process.waitFor()
    }

    private fun word(key: String) = ready.getValue(key).jsonPrimitive.content

    private fun hues(vararg arguments: String): Process =
        ProcessBuilder(System.getProperty("hues.bin"), *arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start()
}

/** Trust in this authority and no other: the system's are not asked. */
fun X509Certificate.alone(): SSLContext {
    val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null) }
    store.setCertificateEntry("city", this)
    val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()).apply { init(store) }
    return SSLContext.getInstance("TLS").apply { init(null, trust.trustManagers, null) }
}
