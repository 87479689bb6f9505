package vn.hues.core

import java.io.IOException
import java.net.ConnectException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpTimeoutException
import java.nio.channels.UnresolvedAddressException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.ConcurrentHashMap
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLException

/** A host's own transport over the JDK's HTTP client. What every such transport must do is marked. */
class JdkTransport(trust: SSLContext? = null) : HttpTransport {
    // Two sets of connections: below HTTP nothing ties what is anonymous to a session.
    private val named = client(trust)
    private val nameless = client(trust)

    private fun client(trust: SSLContext?) = HttpClient.newBuilder()
        // A redirect is an answer like any other.
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(40))
        .apply { trust?.let(::sslContext) }
        .build()
    private val flights = ConcurrentHashMap<ULong, CompletableFuture<*>>()

    // Returns at once: the answer comes on a thread of the client.
    override fun send(request: TransportRequest, reply: TransportReply) {
        val client = if (request.namesAnAccount()) named else nameless
        val flight = client.sendAsync(request.forJdk(), HttpResponse.BodyHandlers.ofInputStream())
            .thenApplyAsync { it.read(request) }
        flights[request.id] = flight
        flight.whenComplete { response, failure ->
            flights.remove(request.id)
            reply.use { if (response != null) it.complete(response) else it.fail(failure.kind()) }
        }
    }

    override fun cancel(id: ULong) {
        flights.remove(id)?.cancel(true)
    }

    private fun TransportRequest.namesAnAccount() = headers.any { it.name == "authorization" } || URI(url).path == "/signin"

    private fun TransportRequest.forJdk(): HttpRequest {
        val body = if (body.isEmpty()) HttpRequest.BodyPublishers.noBody() else HttpRequest.BodyPublishers.ofByteArray(body)
        val builder = HttpRequest.newBuilder(URI(url)).method(method, body).timeout(Duration.ofMillis(idleTimeoutMs.toLong()))
        headers.filter { it.name !in OWN }.forEach { builder.header(it.name, it.value) }
        return builder.build()
    }

    private fun HttpResponse<java.io.InputStream>.read(request: TransportRequest): TransportResponse {
        // Not a byte more than one over the bound is read.
        val body = body().use { it.readNBytes(request.maxResponse.toInt() + 1) }
        if (body.size.toULong() > request.maxResponse) throw TooLarge()
        val headers = headers().map().flatMap { (name, values) -> values.map { TransportHeader(name, it) } }
        return TransportResponse(uri().toString(), statusCode().toUShort(), headers, body)
    }

    private fun Throwable.kind(): TransportFailure {
        val chain = generateSequence(this) { it.cause }.filter { it !is CompletionException }.toList()
        return when {
            chain.any { it is CertificateExpiredException || it is CertificateNotYetValidException } -> TransportFailure.TLS_CLOCK
            chain.any { it is SSLException } -> TransportFailure.TLS
            chain.any { it is TooLarge } -> TransportFailure.TOO_LARGE
            chain.any { it is HttpTimeoutException } -> TransportFailure.TIMEOUT
            chain.any { it is UnresolvedAddressException } -> TransportFailure.DNS
            chain.any { it is ConnectException || it is IOException } -> TransportFailure.RESET
            else -> TransportFailure.OTHER
        }
    }

    private class TooLarge : IOException()

    private companion object {
        /** What the client writes itself, and refuses from others. */
        val OWN = setOf("connection", "content-length", "expect", "host", "upgrade")
    }
}
