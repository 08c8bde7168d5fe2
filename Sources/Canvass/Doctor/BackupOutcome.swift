public import CanvassStore

/// A backup that was made, and what an examination of it found.
public struct BackupOutcome: Sendable, Hashable {
    public var path: String
    public var bytes: Int64
    /// Living responses in it.
    public var responses: Int
    /// The examination of the backup, not of the replica; a backup of a damaged replica is as damaged.
    public var report: DoctorReport
}
