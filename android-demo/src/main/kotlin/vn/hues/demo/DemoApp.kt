package vn.hues.demo

import android.app.Application
import android.content.Context
import java.io.File
import java.io.FileNotFoundException
import java.util.Base64
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import org.json.JSONObject
import vn.hues.core.CityAddress
import vn.hues.core.CoreConfig
import vn.hues.core.HueException
import vn.hues.core.HuesCore
import vn.hues.core.KeyVault
import vn.hues.core.android.KeystoreVault
import vn.hues.core.android.links
import vn.hues.core.android.power
import vn.hues.core.openCore

/** The process: one core, opened once, told of link and battery for as long as it lives. */
open class DemoApp : Application() {
    /** Outlives every screen. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)

    /** The core, or why it did not open: the screen shows which. */
    val core: Deferred<HuesCore> by lazy { scope.async(Dispatchers.IO) { open() } }

    protected open fun vault(): KeyVault = KeystoreVault()

    /** From `assets/city.json` (README.md). Without one everything works but sending. */
    protected open fun city(): CityAddress? = try {
        JSONObject(assets.open("city.json").reader().readText()).address()
    } catch (_: FileNotFoundException) {
        null
    }

    private suspend fun open(): HuesCore {
        val home = File(noBackupFilesDir, "hues").path
        val core = openCore(CoreConfig(home, city(), null), vault(), null, null)
        core.start(links().first())
        scope.launch { links().collect { core.quietly { networkChanged(it) } } }
        scope.launch { power().collect { core.quietly { powerChanged(it) } } }
        return core
    }
}

/** For what nobody waits for: the core keeps what failed and tries again by itself. */
suspend fun HuesCore.quietly(tell: suspend HuesCore.() -> Unit) {
    try {
        tell()
    } catch (_: HueException) {
        return
    }
}

val Context.demo get() = applicationContext as DemoApp

private fun JSONObject.address(): CityAddress {
    val root = getString("root").chunked(2).map { it.toInt(16).toByte() }.toByteArray()
    val authority = optString("ca").lines().filterNot { it.startsWith("-") }.joinToString("")
    val roots = if (authority.isEmpty()) emptyList() else listOf(Base64.getDecoder().decode(authority))
    return CityAddress(getString("url"), root, roots)
}
