public import Foundation

/// A new folder for one test, removed with everything in it when the last reference goes.
public final class TemporaryFolder: Sendable {
    public let url: URL

    /// - Throws: when the folder cannot be made.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "canvass-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // Nothing can be thrown here, and what is left lies in the folder that the system empties.
        try? FileManager.default.removeItem(at: url)
    }

    /// The path of a file in the folder, there or not.
    public func path(_ name: String) -> String {
        url.appending(path: name).path
    }

    /// Writes a file, with the folders on the way to it.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }
}
