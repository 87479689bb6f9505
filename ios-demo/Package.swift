// swift-tools-version: 6.0
// The demo: HuesDemoKit decides what a screen shows and is tested on Linux; HuesDemo draws it with SwiftUI and is empty elsewhere.

import PackageDescription

let package = Package(
    name: "HuesDemo",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "HuesDemo", targets: ["HuesDemo"])],
    dependencies: [.package(path: "../bindings/swift")],
    targets: [
        .target(name: "HuesDemoKit", dependencies: [.product(name: "HuesCore", package: "swift")]),
        .target(name: "HuesDemo", dependencies: ["HuesDemoKit"]),
        .testTarget(name: "HuesDemoKitTests", dependencies: ["HuesDemoKit"]),
    ],
    swiftLanguageModes: [.v6]
)
