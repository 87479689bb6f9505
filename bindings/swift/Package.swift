// swift-tools-version: 6.0
// HuesCore: the Swift package over the Rust core. On Linux it links libhues_ffi.so; on Apple platforms the app's build adds
// the XCFramework (see README.md).

import PackageDescription

let package = Package(
    name: "HuesCore",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "HuesCore", targets: ["HuesCore"])
    ],
    targets: [
        // The C headers of the library, generated, one for each crate that crosses.
        .target(
            name: "HuesCoreFFI",
            linkerSettings: [.linkedLibrary("hues_ffi")]
        ),
        .target(name: "HuesFormatsFFI"),
        .target(name: "HuesVietnamFFI"),
        // Generated code (Generated/) and the hand-written API over it.
        .target(name: "HuesCore", dependencies: ["HuesCoreFFI", "HuesFormatsFFI", "HuesVietnamFFI"]),
        // A C function of a second library, for the test vectors alone.
        .target(
            name: "HuesConformance",
            path: "Tests/HuesConformance",
            linkerSettings: [.linkedLibrary("hues_conformance")]
        ),
        .testTarget(name: "HuesCoreTests", dependencies: ["HuesCore", "HuesConformance"]),
    ],
    swiftLanguageModes: [.v6]
)
