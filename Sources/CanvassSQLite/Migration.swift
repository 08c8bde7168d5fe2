/// One step from the schema before it to `version`. Once released, a step never changes.
package struct Migration: Sendable {
    /// The schema version (`user_version`) that the step leads to; from 1.
    package let version: Int32
    package let apply: @Sendable (inout Connection) throws -> Void

    package init(version: Int32, sql: String) {
        self.init(version: version) { connection in try connection.execute(sql) }
    }

    /// For what SQL alone cannot do. Runs inside the transaction of the step.
    package init(version: Int32, apply: @escaping @Sendable (inout Connection) throws -> Void) {
        precondition(version > 0, "schema versions count from 1")
        self.version = version
        self.apply = apply
    }
}
