import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// A row of `change` as it lies in the file, with nothing verified.
struct LogRow {
    var position: Int64
    var scopeRow: Int64
    var replicaRow: Int64
    var sequence: UInt64
    var check: UInt64
    var previous: UInt64
    var hash: [UInt8]
    var head: [UInt8]
    var body: [UInt8]?
    var bodyHash: SHA256.Digest?
    var context: [UInt8]?
    var contextAt: Int64

    /// From the columns of `change`, in the order of the properties.
    init(_ row: borrowing Statement) {
        position = row.int64(at: 0)
        scopeRow = row.int64(at: 1)
        replicaRow = row.int64(at: 2)
        sequence = UInt64(bitPattern: row.int64(at: 3))
        check = UInt64(bitPattern: row.int64(at: 4))
        previous = UInt64(bitPattern: row.int64(at: 5))
        hash = row.bytes(at: 6)
        head = row.bytes(at: 7)
        body = row.isNull(at: 8) ? nil : row.bytes(at: 8)
        bodyHash = body.map { SHA256.digest(of: $0) } ?? SHA256.Digest(bytes: row.bytes(at: 9))
        context = row.isNull(at: 10) ? nil : row.bytes(at: 10)
        contextAt = row.int64(at: 11)
    }
}

extension SQLiteError {
    /// Whether the file is the cause, so that another row may still be readable; not a lock, a full disk or a memory
    /// that ran out. Among the codes of <https://sqlite.org/rescode.html>, SQLITE_ERROR (1) is what a table missing from
    /// a damaged schema gives, SQLITE_IOERR (10) what a damaged medium or a file cut short does.
    var isDamage: Bool {
        isCorrupt || isNotADatabase || code == 1 || code == 10
    }
}
