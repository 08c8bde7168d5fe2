/// Why a database file could not be opened or written, before anything in it was changed.
public enum OpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A name no file can have: empty, or with a NUL in it.
    case invalidPath(String)
    case fileMissing(path: String)
    /// The folder that should hold the file does not exist, or is not a folder.
    case folderMissing(path: String)
    /// The path names a folder, a device or a socket.
    case notAFile(path: String)
    /// The file or its folder refuses reading or writing; `reason` is the operating system's.
    case notPermitted(path: String, reason: String)
    case notADatabase(path: String)
    /// The structure of the file is broken; `finding` is the first that the check reported.
    case damaged(path: String, finding: String)
    /// The file was opened well, but since then it, or the log beside it, was moved, replaced or deleted. What is written
    /// to it now would be lost, so nothing is.
    case moved(path: String)

    package var isNotPermitted: Bool {
        if case .notPermitted = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .invalidPath(let path): "“\(path)” is not the name of a file"
        case .fileMissing(let path): "there is no file \(path)"
        case .folderMissing(let path): "there is no folder \(path); create it first"
        case .notAFile(let path): "\(path) is not a regular file"
        case .notPermitted(let path, let reason): "\(path) cannot be opened: \(reason)"
        case .notADatabase(let path): "\(path) is not a SQLite database, or it is encrypted"
        case .damaged(let path, let finding): "\(path) is damaged (\(finding)); restore it from a backup"
        case .moved(let path): "\(path), or its log, was moved, replaced or deleted while it was in use"
        }
    }
}
