package vn.hues.core

import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** One citizen's phone in a folder of the test's. */
class Phone(private val home: Path) {
    private val vault = MemoryKeyVault()

    suspend fun open(city: CityAddress? = null) = HuesCore.open(home.toString(), vault, city)
}

/** Runs [test] with an open core of a phone that never saw the city. A test that hangs fails after a minute. */
fun offline(home: Path, test: suspend (HuesCore) -> Unit) = limited { Phone(home).open().use { test(it) } }

fun limited(test: suspend () -> Unit) = runBlocking { withTimeout(60_000) { test() } }

/** A report that nothing is wrong with. */
fun pothole(text: String) = DraftInput.of(
    text,
    category = "ha_tang.o_ga",
    place = Place(16.4637, 107.5909, 12u, PlaceSource.GPS),
    answers = mapOf("chan_duong" to "yes"),
)

suspend fun HuesCore.file(text: String): Submitted = feedback().run { submit(newDraft(pothole(text)).id) }
