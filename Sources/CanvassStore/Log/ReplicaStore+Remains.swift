import CanvassSQLite

/// Getting rid of what was erased for good.
///
/// Invariants:
/// 1. The transaction that drops the body of an erased change notes that the file may still hold something of it.
/// 2. That note goes only after the file was written anew and the log is empty, whenever the process ends.
extension ReplicaStore {
    /// Writes the file anew if it may still hold something of what was erased.
    ///
    /// - Returns: whether nothing is left. Where another program reads meanwhile, or there is no room, the next time does it.
    @discardableResult
    package func removeRemains() throws -> Bool {
        guard let noted = try database.read({ try $0.metaInteger(.remains) }) else { return true }
        guard try rewrittenIfPossible() else { return false }
        return try database.write { connection in
            // Another program may have dropped bodies meanwhile.
            guard try connection.metaInteger(.remains) == noted else { return false }
            try connection.setMeta(.remains, .null)
            return true
        }
    }

    private func rewrittenIfPossible() throws -> Bool {
        do {
            return try database.rewrite()
        } catch let error as SQLiteError where error.isFull || error.isBusy {
            return false
        }
    }
}

extension Connection {
    /// Notes that the file may still hold something of what was erased.
    mutating func noteRemains() throws {
        try setMeta(.remains, .integer((try metaInteger(.remains) ?? 0) &+ 1))
    }
}
