import CanvassCSQLite

/// What a connection may do to its file.
package enum OpenMode: Hashable, Sendable {
    /// Read and write; a missing file is created.
    case create
    /// Read and write a file that exists.
    case readWrite
    case readOnly
    /// Read a file that came from a stranger (<https://sqlite.org/security.html>): the schema is not trusted, the whole
    /// structure is checked before the first use, and limits are lowered.
    case untrusted

    package var isReadOnly: Bool {
        switch self {
        case .create, .readWrite: false
        case .readOnly, .untrusted: true
        }
    }

    /// `NOMUTEX`, since a `Connection` admits only one access at a time (see there).
    var flags: Int32 {
        let common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        return switch self {
        case .create: common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .readWrite: common | SQLITE_OPEN_READWRITE
        case .readOnly, .untrusted: common | SQLITE_OPEN_READONLY
        }
    }
}
