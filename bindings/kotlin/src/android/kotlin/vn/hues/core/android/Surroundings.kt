package vn.hues.core.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import android.net.NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_METERED
import android.net.NetworkCapabilities.NET_CAPABILITY_VALIDATED
import android.os.BatteryManager
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import vn.hues.core.Link
import vn.hues.core.PowerState

// What the core wants to be told of the phone, as cold flows: give each value to `networkChanged` and `powerChanged`.

/** The link of the default network, at once and at every change. Needs `ACCESS_NETWORK_STATE`. */
fun Context.links(): Flow<Link> = callbackFlow {
    val manager = getSystemService(ConnectivityManager::class.java)
    val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
            trySend(capabilities.link())
        }

        override fun onLost(network: Network) {
            trySend(Link.NONE)
        }
    }
    // Without a network the callback says nothing at all.
    trySend(manager.getNetworkCapabilities(manager.activeNetwork)?.link() ?: Link.NONE)
    manager.registerDefaultNetworkCallback(callback)
    awaitClose { manager.unregisterNetworkCallback(callback) }
}.conflate().distinctUntilChanged()

/** What these capabilities mean to the core. A metered network counts as slow: photos wait for better or go in small pieces. */
fun NetworkCapabilities.link(): Link = when {
    hasCapability(NET_CAPABILITY_CAPTIVE_PORTAL) -> Link.CAPTIVE
    hasCapability(NET_CAPABILITY_VALIDATED) && hasCapability(NET_CAPABILITY_NOT_METERED) && linkDownstreamBandwidthKbps !in 1..256 -> Link.GOOD
    else -> Link.SLOW
}

/** The battery as far as the core minds it, at once and at every change. */
fun Context.power(): Flow<PowerState> = callbackFlow {
    val receiver = object : BroadcastReceiver() {
        override fun onReceive(context: Context, battery: Intent) {
            trySend(battery.power())
        }
    }
    // A sticky broadcast: the last one is returned at once.
    registerReceiver(receiver, IntentFilter(Intent.ACTION_BATTERY_CHANGED))?.let { trySend(it.power()) }
    awaitClose { unregisterReceiver(receiver) }
}.conflate().distinctUntilChanged()

private fun Intent.power(): PowerState {
    val charging = getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) != 0
    val percent = 100 * getIntExtra(BatteryManager.EXTRA_LEVEL, 100) / getIntExtra(BatteryManager.EXTRA_SCALE, 100).coerceAtLeast(1)
    return if (percent < 15 && !charging) PowerState.LOW else PowerState.NORMAL
}
