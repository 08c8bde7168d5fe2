import CanvassSQLite
import CanvassStore

extension Replica {
    /// Copies the replica to one file, while it goes on being used, and examines the copy.
    ///
    /// The copy is complete or absent. It is the same device: to go on with both is to fork (see `status`), so a backup
    /// is for the day when the replica itself is lost.
    ///
    /// - Parameter replacing: whether a file at `target` may be replaced.
    /// - Throws: `CanvassError`: the target exists, or cannot be written.
    @discardableResult
    public func backup(
        to target: String, replacing: Bool = false, onProgress: (_ changesRead: Int) -> Void = { _ in }
    ) throws(CanvassError) -> BackupOutcome {
        try explaining {
            try store.database.backup(to: target, replacing: replacing, shouldStop: environment.shouldStop)
        }
        let disk = environment.disk
        return try Replica.explaining(target) {
            let report = try ReplicaStore.examine(path: target, on: disk, repairing: false, onProgress: onProgress)
            let copy = try Database(path: target, options: DatabaseOptions(mode: .readOnly, disk: disk))
            let (responses, bytes) = try copy.read { connection in
                (
                    try connection.count(
                        """
                        SELECT count(*) FROM entity
                        WHERE is_alive AND kind = (SELECT id FROM term WHERE text = 'response')
                        """),
                    try connection.count(
                        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
                )
            }
            return BackupOutcome(path: target, bytes: Int64(bytes), responses: responses, report: report)
        }
    }
}
