public import Foundation

/// The executables of this package that were built together with the tests.
public enum Executables {
    public struct Missing: Error, CustomStringConvertible {
        public let name: String
        public let searched: [String]

        public var description: String {
            "\(name) was not built; looked in \(searched.joined(separator: ", ")). Run `swift build` first."
        }
    }

    /// - Throws: `Missing`, with the folders that were searched.
    public static func url(of name: String) throws -> URL {
        for folder in folders {
            let candidate = folder.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        throw Missing(name: name, searched: folders.map(\.path))
    }

    /// A program of the machine, looked up in `PATH`; nil where it is not installed.
    public static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { URL(filePath: String($0)).appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// The folders around the running test: its executable's on Linux, where the test bundle is the executable, and the
    /// bundle's on macOS, where a helper of the toolchain loads it.
    private static var folders: [URL] {
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let bundles = CommandLine.arguments.filter { $0.contains(".xctest") }.map { argument in
            URL(filePath: argument.components(separatedBy: ".xctest")[0]).deletingLastPathComponent()
        }
        return [executable] + bundles
    }
}
