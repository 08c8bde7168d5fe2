import CanvassCSQLite

/// Columns of the current row, counted from 0. A typed reader converts as SQLite does
/// (<https://sqlite.org/c3ref/column_blob.html>): NULL reads as 0 or as empty. Ask `type(at:)` first where the file is
/// not trusted.
extension Statement {
    package var columnCount: Int { Int(sqlite3_column_count(handle)) }

    package func columnName(at index: Int) -> String {
        guard let name = sqlite3_column_name(handle, Int32(clamping: index)) else { return "" }
        return String(cString: name)
    }

    package func type(at index: Int) -> StorageClass {
        StorageClass(code: sqlite3_column_type(handle, Int32(clamping: index)))
    }

    package func isNull(at index: Int) -> Bool {
        sqlite3_column_type(handle, Int32(clamping: index)) == SQLITE_NULL
    }

    package func int64(at index: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(clamping: index))
    }

    package func double(at index: Int) -> Double {
        sqlite3_column_double(handle, Int32(clamping: index))
    }

    /// The text with every byte of it, NUL included. Bytes that are not UTF-8, which only another program can have
    /// written, become U+FFFD.
    package func text(at index: Int) -> String {
        // The order matters: sqlite3_column_bytes counts what the call before it converted.
        guard let start = sqlite3_column_text(handle, Int32(clamping: index)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: index)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func bytes(at index: Int) -> [UInt8] {
        withBytes(at: index) { Array($0) }
    }

    /// Reads a blob, or the UTF-8 of a text, where it lies. The buffer ends with the closure.
    package func withBytes<T, E: Error>(at index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> T) throws(E) -> T {
        let start = sqlite3_column_blob(handle, Int32(clamping: index))
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: index)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    package func value(at index: Int) -> SQLiteValue {
        switch type(at: index) {
        case .null: .null
        case .integer: .integer(int64(at: index))
        case .real: .real(double(at: index))
        case .text: .text(text(at: index))
        case .blob: .blob(bytes(at: index))
        }
    }
}
