import Foundation

/// How long a clean release build of everything takes, into a folder of its own.
struct BuildBenchmark: Benchmark {
    let name = "build"
    let summary = "a clean release build of everything, beside one of a program that prints a line"
    let isPartOfAll = false

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        guard let package = Checkout.folder else {
            return outcome.skip("the build", because: "there is no Package.swift above this executable")
        }
        guard let swift = ExecutableSearch.find("swift") else {
            return outcome.skip("the build", because: "there is no swift on the PATH")
        }
        let folder = try session.scratch.makeFolder()
        let hello = try makeHello(in: folder)
        var hellos = Samples()
        var builds = Samples()
        for round in 0..<session.rounds(3, quick: 1) {
            try session.checkInterrupt()
            hellos.add(try await seconds(swift, building: hello, folder, "hello-\(round)"))
        }
        try session.checkInterrupt()
        // Once: it takes minutes, beside which it hardly varies. Where few rounds are asked for, a small build shows that
        // one works at all.
        if !session.isQuick { builds.add(try await seconds(swift, building: package, folder, "everything")) }
        let anchor = Figure.Anchor(name: "a program that prints a line", samples: hellos)
        if session.isQuick {
            outcome.add(Figure(name: anchor.name, unit: .seconds, samples: hellos))
        } else {
            outcome.add(Figure(name: "build everything", unit: .seconds, samples: builds, anchor: anchor))
        }
    }

    private func seconds(_ swift: URL, building package: URL, _ folder: URL, _ name: String) async throws -> Double {
        let scratch = folder.appending(path: name)
        let arguments = [
            "build", "-c", "release", "--package-path", package.path, "--scratch-path", scratch.path,
        ]
        let seconds = try await ChildProcess.run(swift, arguments, in: folder).seconds
        try FileManager.default.removeItem(at: scratch)
        return seconds
    }

    private func makeHello(in folder: URL) throws -> URL {
        let package = folder.appending(path: "hello")
        let sources = package.appending(path: "Sources/hello")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let manifest = """
            // swift-tools-version: 6.2
            import PackageDescription
            let package = Package(name: "hello", targets: [.executableTarget(name: "hello")])
            """
        try Data(manifest.utf8).write(to: package.appending(path: "Package.swift"))
        try Data("print(\"hello\")\n".utf8).write(to: sources.appending(path: "main.swift"))
        return package
    }
}
