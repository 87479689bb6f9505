// The app as Android Studio builds it. Not built by the test command (README.md).

plugins {
    id("com.android.application")
    kotlin("android")
}

android {
    namespace = "vn.hues.demo"
    compileSdk = 36

    defaultConfig {
        applicationId = "vn.hues.demo"
        minSdk = 26
        targetSdk = 36
        versionName = "0.1.0"
        versionCode = 1
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    sourceSets["main"].kotlin.srcDirs("src/main/kotlin")
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(project(":hues-core"))
}
