/// How scheduled backups went since the process began to serve.
struct BackupRecord: Sendable {
    var madeCount = 0
    var failedCount = 0
    /// Why the last one failed; nil where it did not.
    var failure: String?
    /// How long the last one took, verification and command included.
    var seconds: Double?
}
