package vn.hues.core

import java.io.File
import java.nio.file.Path
import java.util.HexFormat
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.io.TempDir

/** The whole way: a phone in Kotlin, the built-in transport, a city in a process of its own. */
class JourneyTest {
    @TempDir
    lateinit var home: Path

    @Test
    fun `a report filed in the dark reaches the city`() {
        assumeTrue(SandboxCity.available, "hues.bin names no program with the verb `city`")
        SandboxCity().use { city ->
            limited {
                Phone(home).open(city.address).use { core ->
                    core.start(Link.NONE)
                    val filed = core.file("Ổ gà lớn trước chợ Đông Ba")
                    assertEquals(1uL, core.status().waiting)

                    core.networkChanged(Link.GOOD)
                    core.signInSandbox("citizen", null)
                    assertTrue(core.settle(30_000u))
                    val line = core.feedback().reports().first { it.firstOrNull()?.pending == false }.single()
                    assertEquals(filed.id to "received", line.id to line.state)
                    assertTrue(core.outbox().items(true).all { it.state == "done" })
                }
            }
        }
    }
}

/** `hues city`, run for one test. */
private class SandboxCity : AutoCloseable {
    private val process = hues("--json", "city")
    val address = process.inputStream.bufferedReader().readLine().let { ready ->
        fun field(name: String) = Regex(""""$name":"([^"]*)"""").find(ready)!!.groupValues[1]
        CityAddress(field("url"), HexFormat.of().parseHex(field("root")), emptyList())
    }

    override fun close() {
        process.destroy()
        process.waitFor()
    }

    companion object {
        private val program = File(System.getProperty("hues.bin", ""))

        val available: Boolean
            get() = program.canExecute() && hues("city", "--help").run { inputStream.readAllBytes().isNotEmpty() && waitFor() == 0 }

        private fun hues(vararg arguments: String): Process =
            ProcessBuilder(program.path, *arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    }
}
