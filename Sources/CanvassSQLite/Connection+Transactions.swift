import CanvassCSQLite

extension Connection {
    /// Runs `body` in one transaction, which is rolled back if it throws or the commit fails.
    ///
    /// This takes no lock against other processes: on a file that others write to, use `Database.write`.
    ///
    /// - Throws: what `body` threw, as it is, or SQLite's refusal to begin or commit. Untyped because both meet here.
    package mutating func transaction<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try begin()
        return try finish(body)
    }

    /// Runs `body` so that its changes alone are undone if it throws, within a transaction that goes on.
    package mutating func savepoint<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try run("SAVEPOINT canvass")
        do {
            let result = try body(&self)
            try run("RELEASE canvass")
            return result
        } catch {
            // Some errors, a full disk for one, end the whole transaction and with it the savepoint.
            if isInTransaction {
                try run("ROLLBACK TO canvass")
                try run("RELEASE canvass")
            }
            throw error
        }
    }

    /// Runs `body` on one unchanging snapshot.
    mutating func snapshot<T>(_ body: (inout Connection) throws -> T) throws -> T {
        try run("BEGIN DEFERRED")
        return try finish(body)
    }

    /// Takes SQLite's write lock at once: a transaction that starts by reading may not be able to write later on.
    mutating func begin() throws(SQLiteError) {
        try run("BEGIN IMMEDIATE")
    }

    /// A commit that failed leaves no transaction open.
    mutating func commit() throws(SQLiteError) {
        do {
            try run("COMMIT")
        } catch {
            rollback()
            throw error
        }
    }

    /// Ends the transaction, if one is still open.
    mutating func rollback() {
        guard isInTransaction else { return }
        // A failing rollback (memory, disk) is completed by SQLite at the next access; the error that led here matters.
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// Brings to the medium what was done to the write-ahead log outside a commit.
    mutating func syncLog() throws(SQLiteError) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let found = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        // No methods where there is no log yet.
        guard found == SQLITE_OK, let file, let methods = file.pointee.pMethods else { return }
        let code = methods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
        guard code == SQLITE_OK else {
            throw SQLiteError(
                extendedCode: code, message: String(cString: sqlite3_errstr(code)), operation: "sync the log",
                path: path)
        }
    }

    private mutating func finish<T>(_ body: (inout Connection) throws -> T) throws -> T {
        let result: T
        do {
            result = try body(&self)
        } catch {
            rollback()
            throw error
        }
        try commit()
        return result
    }
}
