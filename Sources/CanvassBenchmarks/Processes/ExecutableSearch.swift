import Foundation

/// Programs that the system has, by name.
enum ExecutableSearch {
    /// - Returns: the first on the PATH; nil where there is none.
    static func find(_ name: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").lazy.map { URL(filePath: String($0)).appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
