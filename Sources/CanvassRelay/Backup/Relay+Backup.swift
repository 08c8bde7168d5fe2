import CanvassSQLite

/// A copy of a relay's database that was made and read from end to end.
package struct BackupReceipt: Sendable {
    package let path: String
    package let verification: LogVerification
}

extension Relay {
    /// Copies the database to one file while the relay is serving, and reads the copy from end to end. Only when nothing is
    /// wrong with it do the devices hear that what lies in it is safe.
    ///
    /// - Parameters:
    ///   - target: a file, or a folder, in which the copy is named by the time.
    ///   - shouldStop: asked now and then while copying.
    ///   - confirm: what else has to be done with a sound copy before it counts.
    /// - Throws: `RelayFailure`, or what `confirm` throws.
    package func backup(
        to target: String, replacing: Bool = false, shouldStop: () -> Bool = { false },
        confirming confirm: (String) throws -> Void = { _ in }
    ) throws -> BackupReceipt {
        let time = environment.now()
        let path = RelayDirectory.isFolder(target) ? "\(target)/\(BackupFolder.name(at: time))" : target
        do {
            try database.backup(to: path, replacing: replacing, shouldStop: shouldStop)
        } catch let error as BackupError {
            throw RelayFailure("no backup was made: \(error)", remedy: "see to that, and run the command again")
        }
        let verification = try Relay.verify(path)
        if verification.isSound {
            try confirm(path)
            try database.write { connection in
                // A backup of another history than the log's is none of it.
                guard try connection.bookmark(at: verification.position) == verification.bookmark else { return }
                try connection.setMeta(.backup, .blob(verification.bookmark.bytes))
                try connection.setMeta(.backupTime, .integer(time))
            }
        }
        return BackupReceipt(path: path, verification: verification)
    }

    /// Reads a backup, or the database of a relay that does not serve, from end to end. It changes nothing.
    ///
    /// - Throws: `RelayFailure` for what is none, or cannot be read at all.
    package static func verify(_ path: String) throws -> LogVerification {
        do {
            let log = try SQLiteLog(path: path, options: DatabaseOptions(mode: .untrusted))
            return try log.read { connection in try LogVerifier.verify(&connection) }
        } catch let error as OpenError {
            throw RelayFailure("\(path) cannot be read as a backup: \(error)", remedy: "name another backup")
        } catch let error as DamagedLog {
            throw RelayFailure("\(path) is damaged: \(error.what)", remedy: "name another backup")
        } catch let error as SQLiteError {
            throw RelayFailure("\(path) cannot be read to its end: \(error)", remedy: "name another backup")
        }
    }
}

extension LogConnection {
    /// The end of the last verified backup, as long as the log still goes through it.
    mutating func backupPosition() throws -> UInt64? {
        guard case .blob(let bytes) = try meta(.backup), let kept = Bookmark(bytes: bytes),
            try bookmark(at: kept.position) == kept
        else { return nil }
        return UInt64(clamping: kept.position)
    }
}
