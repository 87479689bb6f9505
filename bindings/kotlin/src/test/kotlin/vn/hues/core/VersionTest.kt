package vn.hues.core

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The pipe itself: Kotlin calls Rust and gets a value back. */
class VersionTest {
    @Test
    fun `version has three numbers`() {
        // snippet: version
        val coreVersion: String = version()
        // end: version
        val parts = coreVersion.split('.')
        assertEquals(3, parts.size)
        assertTrue(parts.all { it.toIntOrNull() != null })
    }
}
