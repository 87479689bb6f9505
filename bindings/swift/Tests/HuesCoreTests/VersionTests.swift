import Testing

@testable import HuesCore

/// The pipe itself: Swift calls Rust and gets a value back.
@Suite struct VersionTests {
    @Test func versionHasThreeNumbers() {
        // snippet: version
        let coreVersion: String = version()
        // end: version
        let parts = coreVersion.split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { Int($0) != nil })
    }
}
