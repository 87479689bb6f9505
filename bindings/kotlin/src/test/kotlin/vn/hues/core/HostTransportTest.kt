package vn.hues.core

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first

/** A host that brings its own transport: the whole way works, and whatever such a transport does, the core's bounds hold. */
class HostTransportTest : OnDisk() {
    private val log = KeptLog()

    @Test
    fun `the whole journey over TLS, every request answered twice`() = limited {
        City("--tls").use { city ->
            val transport = Twice(JdkTransport(city.authority!!.alone()))
            Journey(city) { name -> Phone(home.resolve(name)).open(city.address, transport, log) }.whole()
        }
        log.saysNothing()
    }

    @Test
    fun `a redirect that the transport followed is refused, however good the answer`() = badly { it.copy(url = "http://127.0.0.1:1/hello") }

    @Test
    fun `an answer over its bound is refused, however good its beginning`() = badly { it.copy(body = it.body + ByteArray(9 shl 20) { ' '.code.toByte() }) }

    @Test
    fun `a page of a portal is no answer`() = badly {
        it.copy(status = 200u, headers = listOf(TransportHeader("content-type", "text/html")), body = "<html>Xin chào</html>".toByteArray())
    }

    @Test
    fun `headers without end are refused`() = badly { it.copy(headers = it.headers + List(1_000) { n -> TransportHeader("x-$n", "y") }) }

    @Test
    fun `a status that is none is refused`() = badly { it.copy(status = 0u) }

    @Test
    fun `a transport that throws, or lets go, is a transport without an answer`() = limited {
        val faults = mapOf<String, Fault>("throws" to { throw IllegalStateException("hush") }, "lets go" to { it.close() })
        for ((name, fault) in faults) {
            City().use { city ->
                val transport = Faulty(JdkTransport(), fault)
                Phone(home.resolve(name)).open(city.address, transport, log).use { core -> core.recovers(transport) }
            }
        }
        log.saysNothing()
    }

    @Test
    fun `a closed core gives up on its requests, and late answers find nobody`() = limited {
        City().use { city ->
            val kept = ConcurrentLinkedQueue<TransportReply>()
            val transport = Faulty(JdkTransport()) { kept.add(it) }.apply { faulty = true }
            val core = Phone(home).open(city.address, transport, log)
            core.start(Link.GOOD)
            while (kept.isEmpty()) delay(5)
            core.close()
            while (transport.cancelled.get() < kept.size) delay(5)
            kept.forEach { it.use { reply -> reply.complete(TransportResponse(city.address.url, 200u, emptyList(), ByteArray(0))) } }
        }
    }

    @Test
    fun `the transport itself follows no redirect`() = limited {
        val elsewhere = Server { it.respond(200, "{}") }
        val portal = Server {
            it.responseHeaders.add("location", "http://127.0.0.1:${elsewhere.port}/login")
            it.respond(302, "")
        }
        val address = CityAddress("http://127.0.0.1:${portal.port}", ByteArray(32), emptyList())
        Phone(home).open(address, JdkTransport(), log).use { core ->
            core.start(Link.GOOD)
            assertFailsWith<HueException.Offline> { core.signInSandbox("citizen", null) }
        }
        assertTrue(portal.hits.get() > 0)
        assertEquals(0, elsewhere.hits.get())
        listOf(portal, elsewhere).forEach { it.stop() }
    }

    @Test
    fun `plain HTTP to another machine is refused before any request`() = limited {
        val address = CityAddress("http://city.example", ByteArray(32), emptyList())
        assertFailsWith<HueException.Invalid> { Phone(home).open(address, JdkTransport()) }
    }

    @Test
    fun `a log that throws harms nobody`() = limited {
        val broken = object : LogSink {
            override fun log(event: LogEvent) = throw IllegalStateException("hush")
        }
        City().use { city ->
            val transport = Faulty(JdkTransport()) { throw IllegalStateException("hush") }
            Phone(home).open(city.address, transport, broken).use { core -> core.recovers(transport) }
        }
    }

    /** A city whose good answers the transport changes: nobody is signed in and nothing leaves until it stops. */
    private fun badly(change: (TransportResponse) -> TransportResponse) = limited {
        City().use { city ->
            val transport = Changing(JdkTransport(), change)
            Phone(home).open(city.address, transport, log).use { core -> core.recovers(transport) }
        }
        log.saysNothing()
    }

    private suspend fun HuesCore.recovers(transport: Switch) {
        transport.faulty = true
        start(Link.GOOD)
        val filed = file("Cây ngã chắn đường")
        assertFailsWith<HueException.Offline> { signInSandbox("citizen", null) }
        assertNull(who())
        assertEquals(1uL, status().waiting)
        transport.faulty = false
        foregroundChanged(true)
        signInSandbox("citizen", null)
        refresh()
        val line = feedback().reports().first { it.firstOrNull()?.pending == false }.single()
        assertEquals(filed.id to "received", line.id to line.state)
    }
}

private typealias Fault = (TransportReply) -> Unit

/** Something that can be turned on and off. */
private abstract class Switch : HttpTransport {
    @Volatile
    var faulty = false
}

/** Changes answers while it is faulty. */
private class Changing(private val inner: HttpTransport, private val change: (TransportResponse) -> TransportResponse) : Switch() {
    override fun send(request: TransportRequest, reply: TransportReply) =
        inner.send(request, if (faulty) Overheard(reply) { it.complete(change(this)) } else reply)

    override fun cancel(id: ULong) = inner.cancel(id)
}

/** Does [fault] instead of sending while it is faulty. */
private class Faulty(private val inner: HttpTransport, private val fault: Fault) : Switch() {
    val cancelled = AtomicInteger()

    override fun send(request: TransportRequest, reply: TransportReply) = if (faulty) fault(reply) else inner.send(request, reply)

    override fun cancel(id: ULong) {
        cancelled.incrementAndGet()
        inner.cancel(id)
        if (faulty) throw IllegalStateException("hush")
    }
}

/** Answers every request, and then again, otherwise. */
private class Twice(private val inner: HttpTransport) : HttpTransport by inner {
    override fun send(request: TransportRequest, reply: TransportReply) = inner.send(
        request,
        Overheard(reply) {
            it.complete(this)
            it.complete(copy(status = 500u))
            it.fail(TransportFailure.OTHER)
        },
    )
}

/** The core's reply, with [answer] in between. */
private class Overheard(private val reply: TransportReply, private val answer: TransportResponse.(TransportReply) -> Unit) :
    TransportReply(NoHandle) {
    override fun complete(response: TransportResponse) = response.answer(reply)

    override fun fail(failure: TransportFailure) = reply.fail(failure)

    override fun close() = reply.close()
}

/** A server that is no city. */
private class Server(answer: (HttpExchange) -> Unit) {
    val hits = AtomicInteger()
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        createContext("/") { call ->
            hits.incrementAndGet()
            call.use(answer)
        }
        start()
    }
    val port get() = server.address.port

    fun stop() = server.stop(0)
}

private fun HttpExchange.respond(status: Int, body: String) {
    sendResponseHeaders(status, body.length.toLong().takeIf { it > 0 } ?: -1)
    responseBody.write(body.toByteArray())
}

private fun HttpExchange.use(block: (HttpExchange) -> Unit) = try {
    block(this)
} finally {
    close()
}

/** Keeps what the core logs. */
private class KeptLog : LogSink {
    private val events = ConcurrentLinkedQueue<LogEvent>()

    override fun log(event: LogEvent) {
        events.add(event)
    }

    /** Names of the core's own, and nothing that came from a person, a city or a host. */
    fun saysNothing() {
        val name = Regex("[a-z0-9.-]{0,60}")
        assertEquals(emptyList(), events.filterNot { name.matches(it.event) && name.matches(it.reason) })
        assertTrue(events.none { "hush" in it.event + it.reason })
    }
}
