import CanvassCRDT
package import CanvassSQLite

/// How many changes of a replica wait for a later version.
package struct NewerCount: Sendable, Hashable {
    package var changes: Int
    /// Of these, how many have operations, kinds of entity, and types of value that are unknown here.
    package var operations: Int
    package var kinds: Int
    package var values: Int

    package init(changes: Int = 0, operations: Int = 0, kinds: Int = 0, values: Int = 0) {
        self.changes = changes
        self.operations = operations
        self.kinds = kinds
        self.values = values
    }
}

extension Connection {
    mutating func noteNewerParts(_ parts: NewerParts, at position: Int64) throws {
        guard !parts.isEmpty else { return }
        try run(
            "INSERT OR REPLACE INTO newer (position, parts) VALUES (?1, ?2)", .integer(position),
            .integer(Int64(parts.rawValue)))
    }

    /// Counts the changes that hold what only a later version understands; not those whose body is gone, since they have
    /// no effect in any version.
    package mutating func newerCount() throws -> NewerCount {
        var statement = try cached(
            """
            SELECT parts, count(*) FROM newer JOIN change USING (position) WHERE body IS NOT NULL GROUP BY parts
            """)
        defer { statement.reset() }
        var total = NewerCount()
        while try statement.step() {
            let parts = NewerParts(rawValue: Int(statement.int64(at: 0)))
            let count = Int(statement.int64(at: 1))
            total.changes += count
            if parts.contains(.operations) { total.operations += count }
            if parts.contains(.kinds) { total.kinds += count }
            if parts.contains(.values) { total.values += count }
        }
        return total
    }
}
