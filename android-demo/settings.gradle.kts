// The app and the Kotlin module beside it. Not built by the test command (README.md).

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
    plugins {
        id("com.android.application") version "8.13.0"
        id("com.android.library") version "8.13.0"
        kotlin("android") version "2.2.20"
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "hues-android-demo"
include(":hues-core")
project(":hues-core").projectDir = file("../bindings/kotlin/android")
