import Foundation

/// The checkout that this executable was built in.
enum Checkout {
    /// The folder with the manifest; nil where the executable was moved.
    static var folder: URL? {
        guard var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent() else {
            return nil
        }
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) { return folder }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
