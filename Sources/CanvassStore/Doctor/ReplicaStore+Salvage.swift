import CanvassCRDT
package import CanvassSQLite

/// Saving what can be read of a damaged replica file into a new one.
///
/// The damaged file is only read, byte by byte; everything happens on a copy, whose header may be mended.
extension ReplicaStore {
    /// - Parameters:
    ///   - path: the damaged file. No other program, and nothing in this one, may have it open.
    ///   - target: a path where nothing is.
    ///   - disk: where both lie.
    /// - Returns: what was found; findings that are `lost` are not in the new file.
    /// - Throws: `DoctorError`, `SQLiteError` when nothing could be saved; then nothing is at `target`.
    package static func salvage(
        from path: String, to target: String, on disk: any Disk = SystemDisk(), onProgress: (Int) -> Void = { _ in }
    ) throws -> DoctorReport {
        var report = DoctorReport(path: path)
        let copy = try DamagedCopy(of: path, beside: target, on: disk, report: &report)
        // First, since SQLite takes what it can read of the log into the file, and drops the rest. The copy goes with it.
        let carver = try copy.carver()
        defer { withExtendedLifetime(carver) {} }
        var source = try copy.open(report: &report)
        var identity = try StoredIdentity(&source, report: &report)
        let draft = try ScratchFile(beside: target, on: disk)
        var rebuild = try Rebuild(
            in: draft, own: identity.replica,
            names: try LogNames(own: identity.replica, in: &source, report: &report))
        try rebuild.fill(from: &source, carver: carver, report: &report, onProgress: onProgress)
        try identity.checkDevice(in: &rebuild.connection, report: &report)
        guard let replica = identity.replica, let device = identity.device else {
            throw DoctorError.noIdentity(path: path)
        }
        try rebuild.countLosses(in: &source, &report)
        try rebuild.makeAgain(author: device, source: &source, &report)
        try rebuild.connection.copyRest(from: &source, report: &report)
        try rebuild.connection.setMeta(.replica, .blob(replica.bytes))
        try rebuild.connection.setMeta(.device, .blob(device.bytes))
        try rebuild.finish()
        report.entities = Int(try rebuild.connection.readableInteger("SELECT count(*) FROM entity") ?? 0)
        try draft.publish(as: target)
        report.markRepaired()
        return report
    }
}

extension Connection {
    /// Copies what does not follow from the log and is not the relay's position: facts, people, drafts, whatever tables
    /// this version has beside those.
    fileprivate mutating func copyRest(from source: inout Connection, report: inout DoctorReport) throws {
        let made = Set(Schema.tablesOfTheLog + Schema.tablesOfTheRelay)
        let names = try readableRows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .rows
        for case .text(let table)? in names.map(\.first) where !made.contains(table) {
            let columns = try columns(of: table)
            let key = try key(of: table)
            let (rows, damage) = try source.readableTable(table, key: key)
            if let damage { report.add(.table, "table \(table)", "cannot be read to its end (\(damage))", .lost) }
            // What this salvage has set apart itself has numbers already.
            let first = table == "quarantine" ? 1 : 0
            // Later schemas add columns behind the others; a row of an earlier one has fewer.
            for row in rows where row.count > first && row.count <= columns.count {
                let columns = Array(columns[first..<row.count])
                guard try !insert(Array(row.dropFirst(first)), into: table, columns) else { continue }
                report.add(.table, "table \(table)", "a row is not what the table may hold", .lost)
            }
        }
        try setMeta(.bookmark, .null)
        try setMeta(.rosterPosition, .null)
        try setMeta(.views, .null)
        try execute("UPDATE scope SET is_covered = 0, is_reported = 0")
    }

    /// - Returns: false where the table does not take the row.
    private mutating func insert(_ row: [SQLiteValue], into table: String, _ columns: [String]) throws -> Bool {
        do {
            try insertOrThrow(row, into: table, columns)
            return true
        } catch let error as SQLiteError where error.isConstraint {
            return false
        }
    }

    private mutating func insertOrThrow(_ row: [SQLiteValue], into table: String, _ columns: [String]) throws {
        var statement = try cached(dynamic: insertion(into: table, columns))
        try statement.bind(row)
        try statement.run()
    }

    private mutating func key(of table: String) throws -> String {
        var statement = try prepare("SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0 ORDER BY pk")
        var names: [String] = []
        while try statement.step() { names.append("\"\(statement.text(at: 0))\"") }
        return names.isEmpty ? "rowid" : names.joined(separator: ", ")
    }
}
