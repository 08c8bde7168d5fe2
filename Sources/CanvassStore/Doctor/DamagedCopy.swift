import CanvassSQLite

/// A copy of a damaged file that SQLite can be made to open.
///
/// Every replica file has the same header but for counters (<https://sqlite.org/fileformat2.html#the_database_header>)
/// and, since one script made it, the same tables on the same pages. So a damaged first page can be replaced.
struct DamagedCopy {
    private let file: ScratchFile
    private let target: String
    private let pageSize = LogCarver.pageSize

    init(of path: String, beside target: String, on disk: any Disk, report: inout DoctorReport) throws {
        self.target = target
        file = try ScratchFile(beside: target, on: disk)
        let main = try file.fill(from: path)
        let log = try file.fill(from: path, suffix: "-wal")
        guard main.bytes + log.bytes > 0 else {
            throw DoctorError.notRead(path: path, reason: "there is nothing in it")
        }
        if main.unreadable + log.unreadable > 0 {
            report.add(
                .structure, path, "\(main.unreadable + log.unreadable) bytes cannot be read from the medium", .lost)
        }
        if try mendHeader() { report.add(.structure, "the header", "it is not that of a replica file") }
    }

    /// Opens the copy for tolerant reading.
    func open(report: inout DoctorReport) throws -> Connection {
        if try !isReadable() {
            report.add(
                .structure, "the schema", "it cannot be read; the one that every replica begins with takes its place")
            try replaceFirstPage()
        }
        return try connect()
    }

    /// Finds what SQLite cannot. Its files must not be closed while SQLite has the copy open: see `SystemDisk`.
    func carver() throws -> LogCarver {
        try LogCarver(file)
    }

    private func isReadable() throws -> Bool {
        do {
            return try canReadLog()
        } catch let error as SQLiteError where error.isDamage {
            return false
        }
    }

    private func canReadLog() throws -> Bool {
        var connection = try connect()
        return try connection.canReadLog()
    }

    private func connect() throws -> Connection {
        var connection = try Connection(path: file.path, mode: .readWrite, disk: file.disk)
        // A cell that does not fit its page must not hide its neighbours, nor a view that cannot be parsed the tables.
        try connection.execute(
            """
            PRAGMA cell_size_check = OFF; PRAGMA writable_schema = ON; PRAGMA mmap_size = 0;
            PRAGMA trusted_schema = OFF;
            """)
        return connection
    }

    /// Writes the parts of the header that are the same in every replica file.
    ///
    /// - Returns: whether any of them was different.
    private func mendHeader() throws -> Bool {
        let header = try file.read(100)
        guard header.count == 100 else { return false }
        var mended = header
        mended.replaceSubrange(0..<16, with: Array("SQLite format 3\0".utf8))
        mended.replaceSubrange(16..<24, with: [0x10, 0x00, 2, 2, 0, 64, 32, 32])
        mended.replaceSubrange(44..<48, with: [0, 0, 0, 4])
        mended.replaceSubrange(56..<60, with: [0, 0, 0, 1])
        guard mended != header else { return false }
        // A counter that does not match makes SQLite take the size of the file for the number of pages.
        for index in 92..<96 { mended[index] = ~mended[index - 68] }
        try file.overwrite(mended, at: 0)
        return true
    }

    /// Puts a first page in place that names the tables on the pages where every replica has them.
    private func replaceFirstPage() throws {
        try moveLogIntoFile()
        let skeleton = try ScratchFile(beside: target, on: file.disk)
        try writeSkeleton(to: skeleton, tables: try referenceTables())
        var bytes = try skeleton.read(pageSize)
        for index in 92..<96 where bytes.count == pageSize { bytes[index] = ~bytes[index - 68] }
        try file.overwrite(bytes, at: 0)
    }

    /// The rows of the schema of a new replica.
    private func referenceTables() throws -> [[SQLiteValue]] {
        let reference = try ScratchFile(beside: target, on: file.disk)
        var fresh = try Connection(path: reference.path, mode: .create, disk: file.disk)
        try fresh.execute("PRAGMA page_size = \(pageSize); PRAGMA journal_mode = MEMORY;")
        for migration in Schema.migrations { try migration.apply(&fresh) }
        return try fresh.readableRows(
            "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE type IN ('table', 'index')"
        ).rows
    }

    private func writeSkeleton(to skeleton: ScratchFile, tables: [[SQLiteValue]]) throws {
        var page = try Connection(path: skeleton.path, mode: .create, disk: file.disk)
        try page.execute(
            """
            PRAGMA page_size = \(pageSize); PRAGMA journal_mode = MEMORY; PRAGMA writable_schema = ON;
            CREATE TABLE seed (id); DELETE FROM sqlite_schema;
            """)
        for row in tables {
            guard case .text(let name) = row[1], case .text(let table) = row[2],
                DamagedCopy.neededTables.contains(table), name == table || row[4] == .null
            else { continue }
            try page.run(
                "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES (?1, ?2, ?3, ?4, ?5)", row[0],
                row[1], row[2], row[3], DamagedCopy.compact(row[4]))
        }
    }

    /// The tables that a salvage reads, small enough together for one page. Those of a later schema lie elsewhere in a file
    /// that was made by an earlier version; what stands there instead is not what they may hold, and is reported.
    private static let neededTables: Set<String> = [
        "meta", "scope", "replica", "change", "tip", "relay_tip", "member", "device", "team", "quarantine", "draft",
        "pending",
    ]

    /// One blank for each run of them.
    private static func compact(_ sql: SQLiteValue) -> SQLiteValue {
        guard case .text(let text) = sql else { return .null }
        return .text(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    /// What the write-ahead log holds would lie over the new first page.
    private func moveLogIntoFile() throws {
        do {
            try checkpoint()
        } catch  where error.isDamage {
            // Then the log is as unreadable as the page.
        }
    }

    private func checkpoint() throws(SQLiteError) {
        var connection = try Connection(path: file.path, mode: .readWrite, disk: file.disk)
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

extension Connection {
    fileprivate mutating func canReadLog() throws -> Bool {
        for table in ["change", "meta", "scope", "replica"] {
            let columns = try readableRows("SELECT * FROM \(table) LIMIT 0")
            if columns.damage != nil { return false }
        }
        return try readableRows("SELECT position, head, body, hash FROM change LIMIT 0").damage == nil
    }
}
