/// Why a backup was not made. Nothing was changed, and nothing is left behind.
public enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The target exists, and replacing it was not asked for.
    case targetExists(path: String)
    /// The target is the database itself, or is a database in use (a log lies beside it).
    case targetInUse(path: String)
    case folderMissing(path: String)
    /// The operating system refused; `reason` is its word for it.
    case notWritten(path: String, reason: String)
    case stopped(path: String)

    public var description: String {
        switch self {
        case .targetExists(let path): "\(path) exists; choose another name, or ask for it to be replaced"
        case .targetInUse(let path): "\(path) is a database in use and cannot be replaced by a backup"
        case .folderMissing(let path): "there is no folder \(path); create it first"
        case .notWritten(let path, let reason): "the backup \(path) could not be written: \(reason)"
        case .stopped(let path): "the backup \(path) was stopped on request"
        }
    }
}
