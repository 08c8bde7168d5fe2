import CanvassCRDT
import CanvassSQLite

extension Relay {
    /// Puts a backup in the place of a relay's database, or where none was.
    ///
    /// What the relay took after the backup was made is not in it; the devices bring it back. The relay writes with a new
    /// replica from then on, since the old one may have gone on after the backup.
    ///
    /// - Parameters:
    ///   - replacing: whether a database that is there is moved aside.
    /// - Returns: what was restored, and where the former database lies now.
    /// - Throws: `RelayFailure`; nothing has changed then.
    package static func restore(
        _ file: String, to directory: RelayDirectory, replacing: Bool, environment: RelayEnvironment = .system()
    ) throws -> (verification: LogVerification, formerPath: String?) {
        try directory.checkIsOurs()
        guard replacing || !directory.isMade else {
            throw RelayFailure(
                "there is a relay in \(directory.path)",
                remedy: "add --replace to move its database aside, or name another folder with --data")
        }
        try directory.create()
        let lock = try directory.lockForServing()
        let draft = directory.databasePath + ".restoring"
        defer { RelayDirectory.removeDatabase(draft) }
        RelayDirectory.removeDatabase(draft)
        let verification = try prepare(file, as: draft, environment)
        let former = directory.isMade ? "\(directory.databasePath).replaced-\(environment.now())" : nil
        if let former { try directory.moveDatabase(directory.databasePath, to: former) }
        try directory.moveDatabase(draft, to: directory.databasePath)
        return withExtendedLifetime(lock) { (verification, former) }
    }

    /// Fills a database that holds no relay yet from a backup: another kind of database than a file.
    ///
    /// - Returns: what was restored.
    /// - Throws: `RelayFailure`; nothing has changed then.
    package static func restore(
        _ file: String, to target: any LogDatabase, environment: RelayEnvironment = .system()
    ) throws -> LogVerification {
        let verification = try verify(file)
        guard verification.isSound else {
            throw RelayFailure("\(file) is damaged: \(verification.findings[0])", remedy: "restore another backup")
        }
        let source = try SQLiteLog(path: file, options: DatabaseOptions(mode: .untrusted))
        try target.write { target in
            guard try target.identity() == nil else {
                throw RelayFailure("there is a relay in it", remedy: "name an empty database, or stop using this one")
            }
            try source.read { source in try LogCopy.copy(from: &source, to: &target) }
            try target.continueNumbers()
            try target.takeOver(after: verification, environment)
        }
        return verification
    }

    /// Reads a database that is a copy of another's from end to end, and unless something is wrong with it gives the relay a
    /// new replica to write with from its next start on.
    package func takeOverFromBackup() throws -> LogVerification {
        let verification = try database.read { connection in try LogVerifier.verify(&connection) }
        guard verification.isSound else { return verification }
        try database.write { connection in try connection.takeOver(after: verification, environment) }
        return verification
    }

    /// Copies a backup, brings it to the present schema and reads all of it.
    private static func prepare(
        _ file: String, as draft: String, _ environment: RelayEnvironment
    ) throws -> LogVerification {
        do {
            let source = try Database(path: file, options: DatabaseOptions(mode: .untrusted))
            try source.backup(to: draft)
            // An older backup is brought up to date here, in the copy.
            let log = try SQLiteLog(path: draft, options: DatabaseOptions(mode: .readWrite, disk: environment.disk))
            let relay = try Relay(log, environment: environment)
            let verification = try relay.takeOverFromBackup()
            guard verification.isSound else {
                throw RelayFailure(
                    "\(file) is damaged: \(verification.findings[0])", remedy: "restore another backup")
            }
            guard try log.forgetErased() else {
                throw RelayFailure("another program is reading \(draft)", remedy: "end it, and restore again")
            }
            return verification
        } catch let error as OpenError {
            throw RelayFailure("\(file) cannot be read as a backup: \(error)", remedy: "name another backup")
        } catch let error as DamagedLog {
            throw RelayFailure("\(file) is damaged: \(error.what)", remedy: "restore another backup")
        } catch let error as BackupError {
            throw RelayFailure("\(file) was not restored: \(error)", remedy: "see to that, and restore again")
        }
    }
}

extension LogConnection {
    /// Gives the relay of a sound backup a new replica to write with.
    fileprivate mutating func takeOver(after verification: LogVerification, _ environment: RelayEnvironment) throws {
        var generator = environment
        let replica = ReplicaID(using: &generator)
        try setMeta(.replica, .integer(Int64(bitPattern: replica.rawValue)))
        try setMeta(.backup, .blob(verification.bookmark.bytes))
    }
}
