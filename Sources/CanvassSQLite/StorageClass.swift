import CanvassCSQLite

/// The storage class of a column of the current row, before any conversion.
package enum StorageClass: Hashable, Sendable {
    case null
    case integer
    case real
    case text
    case blob

    init(code: Int32) {
        switch code {
        case SQLITE_INTEGER: self = .integer
        case SQLITE_FLOAT: self = .real
        case SQLITE_TEXT: self = .text
        case SQLITE_BLOB: self = .blob
        default: self = .null
        }
    }
}
