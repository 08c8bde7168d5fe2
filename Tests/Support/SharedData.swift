public import Foundation

/// Real data that tests read where it is present and skip, with a message, where it is not: the folder `shared` beside
/// the checkout. Nothing of it is copied into the project.
public enum SharedData {
    public static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "shared/data")
    }

    public static var sfo2017: URL { folder.appending(path: "sfo-2017") }

    public static var isSFO2017Present: Bool {
        FileManager.default.fileExists(atPath: sfo2017.appending(path: "responses.csv").path)
    }
}
