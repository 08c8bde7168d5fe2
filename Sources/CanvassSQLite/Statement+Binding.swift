import CanvassCSQLite

/// Values for the parameters `?1`, `?2` …, counted from 1. Each stays bound until replaced, or the statement is given back.
extension Statement {
    package mutating func bind(_ value: Int64, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(clamping: index), value))
    }

    package mutating func bind(_ value: Int, at index: Int) throws(SQLiteError) {
        try bind(Int64(value), at: index)
    }

    /// NaN is stored as NULL, as SQLite has no NaN.
    package mutating func bind(_ value: Double, at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, Int32(clamping: index), value))
    }

    /// Text goes in as UTF-8 with its length, so that a NUL within it survives.
    package mutating func bind(_ value: String, at index: Int) throws(SQLiteError) {
        var text = value
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer may have no address, which SQLite would take for NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(handle, Int32(clamping: index), "", 0, canvass_sqlite_transient())
                }
                return sqlite3_bind_text64(
                    handle, Int32(clamping: index), start, UInt64(characters.count), canvass_sqlite_transient(),
                    UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    package mutating func bind(_ value: [UInt8], at index: Int) throws(SQLiteError) {
        let code = value.withUnsafeBytes { bindBlob($0, at: index) }
        try check(code)
    }

    package mutating func bind(_ value: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
        try check(bindBlob(value, at: index))
    }

    package mutating func bindNull(at index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, Int32(clamping: index)))
    }

    package mutating func bind(_ value: Int64?, at index: Int) throws(SQLiteError) {
        if let value { try bind(value, at: index) } else { try bindNull(at: index) }
    }

    package mutating func bind(_ value: Double?, at index: Int) throws(SQLiteError) {
        if let value { try bind(value, at: index) } else { try bindNull(at: index) }
    }

    package mutating func bind(_ value: String?, at index: Int) throws(SQLiteError) {
        if let value { try bind(value, at: index) } else { try bindNull(at: index) }
    }

    package mutating func bind(_ value: [UInt8]?, at index: Int) throws(SQLiteError) {
        if let value { try bind(value, at: index) } else { try bindNull(at: index) }
    }

    package mutating func bind(_ value: SQLiteValue, at index: Int) throws(SQLiteError) {
        switch value {
        case .null: try bindNull(at: index)
        case .integer(let integer): try bind(integer, at: index)
        case .real(let real): try bind(real, at: index)
        case .text(let text): try bind(text, at: index)
        case .blob(let bytes): try bind(bytes, at: index)
        }
    }

    /// Binds `values` to the parameters 1, 2, …
    ///
    /// - Throws: `SQLITE_RANGE` where there are more values than parameters.
    package mutating func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        for (offset, value) in values.enumerated() {
            try bind(value, at: offset + 1)
        }
    }

    private func bindBlob(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int32 {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return sqlite3_bind_zeroblob(handle, Int32(clamping: index), 0)
        }
        return sqlite3_bind_blob64(
            handle, Int32(clamping: index), start, UInt64(bytes.count), canvass_sqlite_transient())
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw failure(code, "bind") }
    }
}
