package vn.hues.core

import java.awt.Color
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.nio.file.Path
import javax.imageio.ImageIO
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** One citizen's phone in a folder of the test's. */
class Phone(private val home: Path) {
    private val vault = MemoryKeyVault()

    suspend fun open(city: CityAddress? = null, transport: HttpTransport? = null, log: LogSink? = null) =
        openCore(CoreConfig(home.toString(), city, null), vault, transport, log)
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

/** A JPEG of one colour. */
fun photo(color: Color): ByteArray {
    val image = BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB)
    image.createGraphics().run {
        this.color = color
        fillRect(0, 0, image.width, image.height)
        dispose()
    }
    return ByteArrayOutputStream().also { ImageIO.write(image, "jpeg", it) }.toByteArray()
}
