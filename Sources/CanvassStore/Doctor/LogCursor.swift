import CanvassSQLite

/// Walks the log in the order of application, around whatever SQLite cannot read.
///
/// Where a row cannot be read the following positions are tried one by one, which loses nothing that has a key; past
/// `singleProbes` failures in a row the search gallops and halves, so that a large hole, or a hostile file, costs a
/// bounded number of reads.
struct LogCursor {
    enum Step {
        case row(LogRow)
        /// Positions that cannot be read; the upper bound is not known where nothing readable follows.
        case hole(from: Int64, to: Int64?, reason: String)
        case end
    }

    fileprivate enum Probe {
        case row(LogRow)
        case none
        case failed(String)
    }

    private static let singleProbes: Int64 = 2_048

    private var last: Int64 = .min
    private var pending: LogRow?
    private var isAtEnd = false

    /// - Throws: `SQLiteError` for what is not the file's fault.
    mutating func next(in connection: inout Connection) throws -> Step {
        if let row = pending {
            pending = nil
            return advance(to: row)
        }
        guard !isAtEnd, last < .max else { return .end }
        switch try connection.logRow(from: last == .min ? .min : last + 1) {
        case .row(let row): return advance(to: row)
        case .none: return .end
        case .failed(let reason):
            let start = max(last, 0)
            guard let row = try rowBehindHole(after: start, in: &connection) else {
                isAtEnd = true
                return .hole(from: start + 1, to: nil, reason: reason)
            }
            pending = row
            guard row.position > start + 1 else { return try next(in: &connection) }
            return .hole(from: start + 1, to: row.position - 1, reason: reason)
        }
    }

    private mutating func advance(to row: LogRow) -> Step {
        last = row.position
        return .row(row)
    }

    private func rowBehindHole(after start: Int64, in connection: inout Connection) throws -> LogRow? {
        for offset in 1...LogCursor.singleProbes {
            guard start <= .max - offset else { return nil }
            if case .row(let row) = try connection.logRow(at: start + offset) { return row }
        }
        var failing = start + LogCursor.singleProbes
        var stride = LogCursor.singleProbes
        while true {
            let (target, overflows) = failing.addingReportingOverflow(stride)
            guard !overflows else { return nil }
            switch try connection.logRow(from: target) {
            case .row(let row): return try firstReadable(after: failing, notPast: row, in: &connection)
            case .none: return nil
            case .failed: failing = target
            }
            guard stride <= .max / 2 else { return nil }
            stride *= 2
        }
    }

    /// Halves the way between a position that cannot be read and a row that can.
    private func firstReadable(
        after failing: Int64, notPast row: LogRow, in connection: inout Connection
    ) throws -> LogRow {
        var low = failing
        var best = row
        while best.position - low > 1 {
            let middle = low + (best.position - low) / 2
            if case .row(let row) = try connection.logRow(from: middle), row.position < best.position {
                best = row
            } else {
                low = middle
            }
        }
        return best
    }
}

extension Connection {
    fileprivate mutating func logRow(from position: Int64) throws -> LogCursor.Probe {
        try logRow(
            """
            SELECT position, scope, replica, sequence, "check", previous, hash, head, body, body_hash, context, context_at
            FROM change NOT INDEXED WHERE position >= ?1 ORDER BY position LIMIT 1
            """, position)
    }

    fileprivate mutating func logRow(at position: Int64) throws -> LogCursor.Probe {
        try logRow(
            """
            SELECT position, scope, replica, sequence, "check", previous, hash, head, body, body_hash, context, context_at
            FROM change NOT INDEXED WHERE position = ?1
            """, position)
    }

    private mutating func logRow(_ sql: StaticString, _ position: Int64) throws -> LogCursor.Probe {
        do {
            return try logRowOrNone(sql, position).map { .row($0) } ?? .none
        } catch let error as SQLiteError where error.isDamage {
            return .failed(error.message)
        }
    }

    private mutating func logRowOrNone(_ sql: StaticString, _ position: Int64) throws -> LogRow? {
        var statement = try cached(sql)
        try statement.bind(position, at: 1)
        defer { statement.reset() }
        return try statement.step() ? LogRow(statement) : nil
    }
}
