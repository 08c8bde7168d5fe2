import CanvassCommandLine
import Foundation

/// A new folder for the databases of a run, removed with all in it when the last reference goes.
final class ScratchFolder: Sendable {
    let url: URL

    /// - Parameter parent: an existing folder; nil for the system's temporary one.
    init(in parent: String?) throws(UserError) {
        let folder = parent.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        url = folder.appending(path: "canvass-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        } catch {
            throw UserError(
                code: "scratch.failed", "no folder for the databases could be made", place: folder.path,
                why: error.localizedDescription, remedy: "name a folder that exists with --scratch")
        }
    }

    deinit {
        // Nothing can be thrown here; what is left behind lies in a folder that its name explains.
        try? FileManager.default.removeItem(at: url)
    }

    /// A new, empty folder in it, which `discard` removes early.
    func makeFolder() throws -> URL {
        let folder = url.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }

    func discard(_ folder: URL) throws {
        try FileManager.default.removeItem(at: folder)
    }
}
