import CanvassCCrashDisk

/// What a power cut leaves of operations that no sync has made durable.
package enum CrashSurvival: String, CaseIterable, Sendable {
    case none
    case all
    /// The first ones, as they were made; the last of them torn.
    case prefix
    /// Any of them, torn at sectors of 512 bytes.
    case subset

    var code: crash_survival {
        switch self {
        case .none: CRASH_KEEP_NONE
        case .all: CRASH_KEEP_ALL
        case .prefix: CRASH_KEEP_PREFIX
        case .subset: CRASH_KEEP_SUBSET
        }
    }
}

/// How an operation fails.
package enum CrashFault: String, CaseIterable, Sendable {
    /// EIO. A failed sync forgets some of what it should have made durable, as Linux does.
    case ioError
    /// ENOSPC, once.
    case full
    /// The process dies: all its further calls fail.
    case stop

    var code: crash_fault {
        switch self {
        case .ioError: CRASH_IO_ERROR
        case .full: CRASH_FULL
        case .stop: CRASH_STOP
        }
    }
}

/// An operation that changes a medium.
package enum CrashOperation: String, CaseIterable, Sendable {
    case create, write, truncate, sync, remove, rename

    init?(_ code: crash_operation) {
        switch code {
        case CRASH_CREATE: self = .create
        case CRASH_WRITE: self = .write
        case CRASH_TRUNCATE: self = .truncate
        case CRASH_SYNC: self = .sync
        case CRASH_REMOVE: self = .remove
        case CRASH_RENAME: self = .rename
        default: return nil
        }
    }
}
