import CanvassCRDT

/// Changes that lie where their positions do not say: a damaged position hides a row from SQLite, or those behind it.
///
/// They are looked for by their places on the chains, which their hashes prove.
extension Rebuild {
    /// How many missing changes in a row are looked for, each before the one that follows it.
    private static let mostMissing = 256

    /// The change that a row is, after what it follows was looked for if that is missing.
    mutating func identify(
        _ row: LogRow, searching carver: LogCarver?, _ report: inout DoctorReport
    ) throws -> Identity {
        let identity = try identify(row)
        guard case .unknown = identity, let carver, row.sequence > 1,
            try recover(.init(sequence: row.sequence - 1, check: row.previous), carver, depth: 0, &report)
        else { return identity }
        return try identify(row)
    }

    /// Applies a change, after what its author had been shown was looked for if that is missing.
    ///
    /// - Returns: false where it is held already.
    /// - Throws: `StoreError` where it cannot be applied.
    mutating func apply(
        _ change: Change, searching carver: LogCarver?, depth: Int = 0, _ report: inout DoctorReport
    ) throws -> Bool {
        do {
            return try workspace.apply(change, in: &connection)
        } catch let error as StoreError {
            guard let carver, let head = try? ChangeHead(decoding: change.head) else { throw error }
            var isAnyFound = false
            for dot in head.contextDifference.dots
            where try recover(.init(sequence: dot.sequence, check: dot.check), carver, depth: depth + 1, &report) {
                isAnyFound = true
            }
            guard isAnyFound else { throw error }
            return try workspace.apply(change, in: &connection)
        }
    }

    /// Takes a change from wherever it lies, and before it whatever it needs. It is looked for once: the file may hold many
    /// copies of what leads to it.
    ///
    /// - Returns: false where it was not found, or is held already.
    private mutating func recover(
        _ key: LogCarver.Key, _ carver: LogCarver, depth: Int, _ report: inout DoctorReport
    ) throws -> Bool {
        guard depth < Rebuild.mostMissing, sought.insert(key).inserted else { return false }
        for row in carver.rows(of: key) {
            if case .unknown = try identify(row), row.sequence > 1 {
                _ = try recover(
                    .init(sequence: row.sequence - 1, check: row.previous), carver, depth: depth + 1, &report)
            }
            if try takeEarly(row, carver, depth: depth, &report) { return true }
        }
        return false
    }

    /// Takes whatever follows the ends of the chains, and the chains that have not begun: at the end of the log nothing
    /// leads to them any more.
    mutating func takeFollowers(_ carver: LogCarver, _ report: inout DoctorReport) throws {
        for row in carver.rowsOfBeginnings() { _ = try takeEarly(row, carver, depth: 0, &report) }
        var isAnyTaken = true
        while isAnyTaken {
            isAnyTaken = false
            for (place, hash) in Array(tips) {
                for row in carver.rows(sequence: place.dot.sequence + 1, after: hash.check)
                where try takeEarly(row, carver, depth: 0, &report) { isAnyTaken = true }
            }
        }
    }

    /// - Returns: false where the row is not proven, is held already, or needs one that is not.
    private mutating func takeEarly(
        _ row: LogRow, _ carver: LogCarver, depth: Int, _ report: inout DoctorReport
    ) throws -> Bool {
        guard case .known(let change) = try identify(row) else { return false }
        do {
            guard try apply(change, searching: carver, depth: depth, &report) else { return false }
        } catch is StoreError {
            return false
        }
        takenEarly.insert(Place(scope: change.scope, dot: change.dot))
        report.changesRead += 1
        report.add(.change, place(of: change), "is hidden from SQLite by damage beside it")
        try note(row, change, &report)
        return true
    }
}
