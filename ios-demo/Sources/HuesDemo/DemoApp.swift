// The process: one core, opened once, told of link and foreground for as long as it lives. An Xcode app target marks it `@main`.

#if canImport(SwiftUI) && canImport(Network) && canImport(PhotosUI)
    import HuesCore
    import HuesDemoKit
    import Network
    import SwiftUI

    public struct DemoApp: App {
        @State private var core: HuesCore?
        @State private var notice = ""
        @Environment(\.scenePhase) private var phase

        public init() {}

        public var body: some Scene {
            WindowGroup {
                Group {
                    if let core { ReportsScreen(core: core) } else { Text(notice) }
                }
                .task { await open() }
                .onChange(of: phase) { Task { try? await core?.foregroundChanged(foreground: phase == .active) } }
            }
        }

        private func open() async {
            do {
                // Application Support, left out of every backup: a restored copy would be a second phone with this one's lanes.
                var home = try FileManager.default
                    .url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
                    .appending(path: "hues", directoryHint: .isDirectory)
                try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
                var kept = URLResourceValues()
                kept.isExcludedFromBackup = true
                try home.setResourceValues(kept)
                let core = try await HuesCore.open(home: home.path(), vault: KeychainVault(), city: DemoCity.bundled())
                try await core.start(link: .none)
                self.core = core
                for await path in NWPathMonitor() { try await core.networkChanged(link: path.link) }
            } catch let error as HueError {
                notice = error.text(language)
            } catch {
                notice = error.localizedDescription
            }
        }
    }

    extension NWPath {
        /// What this path means to the core. An expensive or constrained one counts as slow: photos wait for better or go in small pieces.
        fileprivate var link: Link {
            guard status == .satisfied else { return .none }
            return isExpensive || isConstrained ? .slow : .good
        }
    }
#endif
