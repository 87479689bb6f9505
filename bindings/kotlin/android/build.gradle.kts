// The Android library: the same sources as the jar, plus src/android. Not built by the test command (README.md).

plugins {
    id("com.android.library")
    kotlin("android")
}

android {
    namespace = "vn.hues.core"
    compileSdk = 36

    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    sourceSets["main"].apply {
        manifest.srcFile("../src/android/AndroidManifest.xml")
        kotlin.srcDirs("../src/main/kotlin", "../src/main/generated", "../src/android/kotlin")
        // libhues_ffi.so by ABI, stripped copies of the phone profile.
        jniLibs.srcDir("../../../target/android/jniLibs")
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    // The aar carries JNA's own native part; 5.17 is the first that loads with 16 KB pages.
    implementation("net.java.dev.jna:jna:5.19.1@aar")
}
