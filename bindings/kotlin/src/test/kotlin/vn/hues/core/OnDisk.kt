package vn.hues.core

import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.assertTrue
import org.junit.jupiter.api.AfterEach

/** A folder for each test, gone after it. */
abstract class OnDisk {
    val home: Path = Files.createTempDirectory("hues-")

    /** A core that was closed lets go of its files by and by; until then some may come and go. */
    @AfterEach
    fun gone() = assertTrue((1..500).any { home.toFile().deleteRecursively() || run { Thread.sleep(10); false } })
}
