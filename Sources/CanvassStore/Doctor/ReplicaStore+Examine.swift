import CanvassCRDT
package import CanvassSQLite

/// Examining a replica file, and repairing it from its log.
///
/// Invariants:
/// 1. An examination without repair changes nothing, and works on one snapshot.
/// 2. A repair is one transaction: the file is as it was, or holds exactly what its sound changes make.
/// 3. What is taken out of the log stays in `quarantine`, and the bookmark is forgotten, so that the next sync compares
///    everything and brings back what the relay holds.
extension ReplicaStore {
    /// - Parameters:
    ///   - disk: where the file lies.
    ///   - repairing: whether to make the derived tables anew where anything is wrong.
    ///   - onProgress: called now and then with the changes read so far.
    /// - Throws: `OpenError`, `SchemaError`, `SQLiteError`, `DoctorError` when the file could not be examined or repaired.
    package static func examine(
        path: String, on disk: any Disk = SystemDisk(), waiting: LockWaiting = LockWaiting(), repairing: Bool,
        onProgress: (Int) -> Void = { _ in }
    ) throws -> DoctorReport {
        let options = DatabaseOptions(mode: repairing ? .readWrite : .readOnly, disk: disk, waiting: waiting)
        let database = try Database(path: path, options: options)
        do {
            try database.migrate(to: Schema.migrations, applicationID: Schema.applicationID)
        } catch SchemaError.older {
            return try examineCopy(of: database, onProgress)
        }
        let scratch = try ScratchFile(near: path, on: disk)
        guard repairing else {
            return try database.read { connection in
                try examine(&connection, path, scratch, repairing: false, onProgress)
            }
        }
        return try database.write { connection in
            try examine(&connection, path, scratch, repairing: true, onProgress)
        }
    }

    /// Examines a file of an older schema as the present one will find it, since it is not to be changed itself.
    private static func examineCopy(of database: Database, _ onProgress: (Int) -> Void) throws -> DoctorReport {
        let disk = database.options.disk
        let migrated = try ScratchFile(beside: database.path, on: disk)
        try database.copy(to: migrated.path, for: migrated.path)
        let copy = try Database(path: migrated.path, options: DatabaseOptions(mode: .readWrite, disk: disk))
        try copy.migrate(to: Schema.migrations, applicationID: Schema.applicationID)
        let scratch = try ScratchFile(beside: database.path, on: disk)
        return try copy.read { connection in
            try examine(&connection, database.path, scratch, repairing: false, onProgress)
        }
    }

    private static func examine(
        _ connection: inout Connection, _ path: String, _ scratch: ScratchFile, repairing: Bool,
        _ onProgress: (Int) -> Void
    ) throws -> DoctorReport {
        var examination = Examination(report: DoctorReport(path: path))
        try examination.checkStructure(&connection)
        var identity = try StoredIdentity(&connection, report: &examination.report)
        var rebuild = try Rebuild(
            in: scratch, own: identity.replica,
            names: try LogNames(own: identity.replica, in: &connection, report: &examination.report))
        try rebuild.fill(from: &connection, report: &examination.report, onProgress: onProgress)
        try identity.checkDevice(in: &rebuild.connection, report: &examination.report)
        try rebuild.countLosses(in: &connection, &examination.report)
        try examination.compare(&connection, with: &rebuild.connection)
        var report = examination.report
        guard repairing, !report.isSound else { return report }
        guard let replica = identity.replica, let device = identity.device else {
            throw DoctorError.noIdentity(path: path)
        }
        try rebuild.makeAgain(author: device, source: &connection, &report)
        try rebuild.finish()
        do {
            try connection.replaceReplica(with: &rebuild.connection)
            try connection.setMeta(.replica, .blob(replica.bytes))
            try connection.setMeta(.device, .blob(device.bytes))
        } catch let error as SQLiteError where error.isDamage || error.isConstraint {
            throw DoctorError.notRepairable(path: path, reason: error.message)
        }
        var after = Examination(report: DoctorReport(path: path))
        try after.checkStructure(&connection)
        if let remaining = after.report.findings.first {
            throw DoctorError.notRepairable(path: path, reason: remaining.what)
        }
        report.markRepaired()
        return report
    }
}

extension Connection {
    /// Puts the log, and all that follows from it, in place of what is there.
    fileprivate mutating func replaceReplica(with rebuild: inout Connection) throws {
        let tables = Schema.tablesOfTheLog
        try execute("PRAGMA defer_foreign_keys = ON")
        for table in Schema.tablesOfTheRelay + tables.reversed() { try execute("DELETE FROM \(table)") }
        for table in tables { try copy(table, from: &rebuild) }
        try appendQuarantine(from: &rebuild)
        if try rebuild.meta(.remains) != .null { try noteRemains() }
        try execute("UPDATE scope SET is_covered = 0, is_reported = 0; REINDEX;")
        try setMeta(.bookmark, .null)
        try setMeta(.rosterPosition, .null)
    }

    private mutating func copy(_ table: String, from source: inout Connection) throws {
        let columns = try source.columns(of: table)
        var insert = try prepare(insertion(into: table, columns))
        var rows = try source.prepare("SELECT * FROM \(table)")
        while try rows.step() {
            try insert.bind(columns.indices.map { rows.value(at: $0) })
            try insert.run()
        }
    }

    private mutating func appendQuarantine(from source: inout Connection) throws {
        var rows = try source.prepare(
            "SELECT scope, replica, sequence, \"check\", previous, hash, head, body, reason, is_void FROM quarantine ORDER BY id"
        )
        while try rows.step() {
            var insert = try cached(
                """
                INSERT INTO quarantine (scope, replica, sequence, "check", previous, hash, head, body, reason, is_void)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """)
            try insert.bind((0..<10).map { rows.value(at: $0) })
            try insert.run()
        }
    }
}
