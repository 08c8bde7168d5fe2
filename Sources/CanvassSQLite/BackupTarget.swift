/// A file that a copy of a database becomes: complete, or not there, whatever happens.
///
/// The copy takes shape under a name beside the target, is brought to the disk and gets its name last
/// (<https://sqlite.org/backup.html>).
package struct BackupTarget {
    private let path: String
    /// Whether a file that is there gives way.
    private let isReplacing: Bool
    private let disk: any Disk
    /// The path of the database that is copied, where it has one.
    private let source: String?

    package init(_ path: String, isReplacing: Bool, disk: any Disk = SystemDisk(), source: String? = nil) {
        self.path = path
        self.isReplacing = isReplacing
        self.disk = disk
        self.source = source
    }

    /// - Parameter fill: gets the path of an empty file, and leaves all of the copy in it.
    /// - Throws: `BackupError`, or what `fill` throws.
    package func write(_ fill: (String) throws -> Void) throws {
        try check()
        let draft = try createDraft()
        let hold = disk.holdScratch(draft)
        defer { withExtendedLifetime(hold) {} }
        do {
            do {
                try fill(draft)
            } catch let error as SQLiteError where error.isFull {
                // The disk of the target, not that of the database.
                throw BackupError.notWritten(path: path, reason: "its disk is full")
            }
            try publish(draft)
        } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] { disk.remove(draft + suffix) }
            throw error
        }
    }

    private func createDraft() throws(BackupError) -> String {
        // A process that was killed could not clean up after itself.
        disk.removeAbandonedScratch(beside: "\(path).partial")
        do {
            return try disk.createScratch(beside: "\(path).partial")
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
    }

    private func check() throws(BackupError) {
        let folder = FileSystem.folder(of: path)
        guard disk.kind(of: folder) == .folder else { throw .folderMissing(path: folder) }
        guard disk.kind(of: path) != .missing else { return }
        guard isReplacing, disk.kind(of: path) == .file else { throw .targetExists(path: path) }
        // A log of the old file would be replayed over the new one.
        let hasLog = ["-wal", "-journal"].contains { disk.size(of: path + $0) > 0 }
        let isSource = source.map { disk.isSameFile($0, path) } ?? false
        guard !hasLog, !isSource else { throw .targetInUse(path: path) }
    }

    private func publish(_ draft: String) throws(BackupError) {
        do {
            try disk.synchronize(draft)
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
        // The copying took time: look again.
        try check()
        do {
            try disk.rename(draft, to: path)
            try disk.synchronize(FileSystem.folder(of: path))
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
    }
}
