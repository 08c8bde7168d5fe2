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

    /// From a record of the table, whose first column, the position, stands before it.
    ///
    /// - Returns: nil where the values are not of the types that the columns have.
    init?(position: Int64, record values: [SQLiteValue]) {
        guard values.count >= 12, values[0] == .null, let scope = values[1].integer, let replica = values[2].integer,
            let sequence = values[3].integer, let check = values[4].integer, let previous = values[5].integer,
            case .blob(let hash) = values[6], case .blob(let head) = values[7], let contextAt = values[11].integer
        else { return nil }
        self.position = position
        scopeRow = scope
        replicaRow = replica
        self.sequence = UInt64(bitPattern: sequence)
        self.check = UInt64(bitPattern: check)
        self.previous = UInt64(bitPattern: previous)
        self.hash = hash
        self.head = head
        body = values[8].blob
        bodyHash = body.map { SHA256.digest(of: $0) } ?? SHA256.Digest(bytes: values[9].blob ?? [])
        context = values[10].blob
        self.contextAt = contextAt
    }
}

extension SQLiteValue {
    fileprivate var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    fileprivate var blob: [UInt8]? {
        if case .blob(let bytes) = self { bytes } else { nil }
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
