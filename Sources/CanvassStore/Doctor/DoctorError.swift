/// Why a replica could not be examined, repaired or salvaged. The replica itself was not changed.
package enum DoctorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file that the salvage should write is there already.
    case exists(path: String)
    case notRead(path: String, reason: String)
    case notWritten(path: String, reason: String)
    /// The damage lies where a transaction cannot mend it.
    case notRepairable(path: String, reason: String)
    /// Nothing in the file says which replica it was.
    case noIdentity(path: String)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists; choose another name"
        case .notRead(let path, let reason): "\(path) cannot be read: \(reason)"
        case .notWritten(let path, let reason): "\(path) cannot be written: \(reason)"
        case .notRepairable(let path, let reason): "\(path) cannot be repaired in place: \(reason)"
        case .noIdentity(let path): "nothing that is readable in \(path) says which replica it was"
        }
    }
}
