package vn.hues.core

import java.awt.Color
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield

/** Cancel at every await: whatever a screen gives up, and whenever, the core goes on and what was taken ends whole. */
class CancelTest : OnDisk() {
    @Test
    fun `every suspend function, given up at once and at random moments, leaves a core that works`() = limited {
        City().use { city ->
            Phone(home.resolve("home")).open(city.address).use { core ->
                core.start(Link.GOOD)
                core.signInSandbox("officer", "ioc")
                val calls = Calls(core, Random(28_10_2025), core.feedback().newDraft(pothole("Đèn hỏng")).id, core.file("Cây ngã").run { listOf(id, op) })
                assertTrue(calls.all.size >= 45, "${calls.all.size} functions only")
                for (call in calls.all) {
                    givenUp { call() }
                    repeat(12) { givenUp(calls.random.nextLong(3_000_000)) { call() } }
                }
                givenUp(2_000_000) { core.exportAccount(home.resolve("export").toString()) }

                core.networkChanged(Link.GOOD)
                core.powerChanged(PowerState.NORMAL)
                core.foregroundChanged(true)
                core.signInSandbox("officer", "ioc")
                val filed = core.file("Vẫn gửi được")
                while (!core.feedback().report(ReportList.MINE, filed.id).proof) {
                    core.refresh()
                    core.settle(1_000u)
                }
                assertEquals(filed.id, verifyProof(core.exportProof(filed.id, false), city.keys).report)
            }
        }
        letGo()
    }

    @Test
    fun `a report that was handed in is filed, though nobody waits for it`() = offline(home) { core ->
        val feedback = core.feedback()
        val drafts = List(200) { feedback.newDraft(pothole("Rác số $it")).id }
        coroutineScope { drafts.forEach { draft -> givenUp { feedback.submit(draft) } } }
        // Jobs are taken in order: once this one is through, so are those before it.
        assertEquals(emptyList(), feedback.drafts())
        assertEquals(drafts.toSet(), feedback.list(ReportList.MINE, null, 200u).items.map { it.id }.toSet())
    }

    // The generated code lost a result that was ready when its caller gave up; `cargo xtask bindings` mends it.
    @Test
    fun `a watch given up as it begins is no watch`() = offline(home) { core ->
        val listener = object : ReportListener {
            override fun onSteps(steps: List<ReportStep>) = Unit
        }
        withContext(Dispatchers.Default) {
            repeat(1_000) { givenUp(Random.nextLong(1_000_000)) { core.feedback().watch(ReportList.MINE, 10u, listener).close() } }
        }
        letGo()
    }

    /** Waits until the core let go of every listener. */
    private suspend fun letGo() {
        while (FfiConverterTypeReportListener.handleMap.size + FfiConverterTypeOutboxListener.handleMap.size > 0) delay(10)
    }
}

/** Starts [call] so far that the core has it, and gives it up [nanos] later; what it throws is nobody's. */
private suspend fun givenUp(nanos: Long = 0, call: suspend () -> Unit) {
    val job = CoroutineScope(Dispatchers.Default).launch(start = CoroutineStart.UNDISPATCHED) {
        try {
            call()
        } catch (_: HueException) {
            // Many of these calls make no sense; that they are refused is tried elsewhere.
        }
    }
    val until = System.nanoTime() + nanos
    while (System.nanoTime() < until && job.isActive) yield()
    job.cancelAndJoin()
}

/** Every suspend function of the API, found in the API itself, with arguments of the right type and any sense. */
private class Calls(core: HuesCore, val random: Random, draft: String, filed: List<String>) {
    private val words = filed + draft + listOf("officer", "ioc", "đèn", "")
    val all: List<suspend () -> Unit> = listOf<Pair<Class<*>, Any>>(
        HuesCoreInterface::class.java to core,
        FeedbackInterface::class.java to core.feedback(),
        OfficerInterface::class.java to core.officer(),
        OutboxInterface::class.java to core.outbox(),
    ).flatMap { (type, target) ->
        type.methods.filter { it.parameterTypes.lastOrNull() == Continuation::class.java && it.name !in ELSEWHERE }.map { call(it, target) }
    }

    private fun call(method: Method, target: Any): suspend () -> Unit = {
        val arguments = method.parameterTypes.dropLast(1).map(::example)
        val result = suspendCoroutineUninterceptedOrReturn<Any?> { continuation ->
            try {
                method.invoke(target, *arguments.toTypedArray(), continuation)
            } catch (wrapped: InvocationTargetException) {
                throw wrapped.targetException
            }
        }
        (result as? AutoCloseable)?.close()
    }

    private fun example(type: Class<*>): Any? = when {
        type == String::class.java -> words.random(random)
        type == Boolean::class.java -> random.nextBoolean()
        type == Byte::class.java -> 3.toByte()
        type == Int::class.java -> 5
        type == Long::class.java -> 5L
        type == List::class.java -> emptyList<Any>()
        type == ByteArray::class.java -> photo(Color.RED)
        type == DraftInput::class.java -> pothole("Bỏ dở")
        type == PublicPreview::class.java -> PublicPreview(words[0], "ha_tang.o_ga", "", null, null, null, null, emptyList(), null)
        type == ReportListener::class.java -> object : ReportListener {
            override fun onSteps(steps: List<ReportStep>) = Unit
        }
        type == OutboxListener::class.java -> object : OutboxListener {
            override fun onOutbox(items: List<OutboxItem>) = Unit
        }
        type.isEnum -> type.enumConstants.random(random)
        else -> error("no example of ${type.name}: add one")
    }

    private companion object {
        /** What writes into a folder, and what ends the core. */
        val ELSEWHERE = setOf("exportAccount", "deleteAccount")
    }
}
