import Foundation
import TestSupport
import Testing

/// What the relay's program needs of the machine that it runs on.
@Suite struct SelfContainedTests {
    private static let system = ["libsqlite3.so.0", "libz.so.1", "libm.so.6", "libc.so.6", "libstdc++.so.6"]
    private static let compiler = ["libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"]

    /// The release build beside the tests' own; nil where none was made since the manifest changed.
    private static var released: URL? {
        guard let debug = try? Executables.url(of: "canvass-relay") else { return nil }
        let built = debug.deletingLastPathComponent().deletingLastPathComponent()
        let program = built.appending(path: "release/canvass-relay")
        let package = built.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Package.swift")
        func changed(_ file: URL) -> Date? {
            try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
        }
        guard let made = changed(program), let described = changed(package), made > described else { return nil }
        return program
    }

    @Test func `the relay uses no Foundation in any build`() throws {
        let libraries = try DynamicSection(of: Executables.url(of: "canvass-relay")).needed
        #expect(libraries.contains("libsqlite3.so.0"), "the libraries are read")
        #expect(libraries.filter { $0.contains("Foundation") || $0.contains("curl") || $0.contains("xml") } == [])
    }

    @Test(.enabled("there is no release build: swift build -c release --product canvass-relay") { released != nil })
    func `the released relay asks for libraries of a bare Debian alone`() async throws {
        let program = try #require(Self.released)
        let libraries = try DynamicSection(of: program).needed
        #expect(libraries.contains("libc.so.6"))
        #expect(libraries.filter { !(Self.system + Self.compiler).contains($0) } == [])
        // It runs where the folders of the toolchain are not looked into.
        let outcome = try await BinaryRunner.run(program, ["--version"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(outcome.status == 0)
        #expect(outcome.outputText.hasPrefix("canvass-relay "))
    }
}
