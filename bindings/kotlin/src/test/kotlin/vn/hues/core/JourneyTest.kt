package vn.hues.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlinx.coroutines.flow.first

/** The whole way with the built-in transport: three phones in one process, a city in another. */
class JourneyTest : OnDisk() {
    @Test
    fun `a report from the dark to its rating and its proof`() = limited {
        City("--tls").use { city ->
            Journey(city) { name -> Phone(home.resolve(name)).open(city.address) }.whole()
        }
    }

    @Test
    fun `a report filed before the first sign-in reaches the city`() = limited {
        City().use { city ->
            Phone(home).open(city.address).use { core ->
                core.start(Link.NONE)
                val filed = core.file("Ổ gà lớn trước chợ Đông Ba")
                assertEquals(1uL, core.status().waiting)
                core.networkChanged(Link.GOOD)
                core.signInSandbox("citizen", null)
                val line = core.feedback().reports().first { it.firstOrNull()?.pending == false }.single()
                assertEquals(filed.id to "received", line.id to line.state)
            }
        }
    }
}
