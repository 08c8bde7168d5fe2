/// The database with all that a relay keeps: a file of SQLite (`SQLiteLog`), or PostgreSQL (`CanvassRelayPostgres`).
///
/// The statements are the same for both (see `LogConnection`). What both promise:
/// 1. One writes at a time, whatever the number of processes: positions in the log are given in the order of commits.
/// 2. A reader sees one state, of whole transactions, and keeps nobody from writing.
/// 3. What was committed is on the medium.
package protocol LogDatabase: AnyObject, Sendable {
    /// What errors and an operator call it: the path of the file, or the name of the database.
    var name: String { get }

    /// Runs `body` on one unchanging state. Must not be nested.
    ///
    /// - Throws: what `body` threw, as it is, or the database's own error.
    func read<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T

    /// Runs `body` in one transaction that is durable when this returns, or leaves nothing behind if it throws. Must not be
    /// nested.
    func write<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T

    /// Opens a transaction that several calls fill. This, `withOpenWrite` and `commitWrite` come from one thread.
    func beginWrite() throws

    /// Runs `body` within the open transaction. What it changed is undone if it throws, and the transaction goes on.
    func withOpenWrite<T: Sendable>(_ body: (inout LogConnection) throws -> T) throws -> T

    /// Makes the transaction durable and ends it. If it throws, nothing of it is left.
    func commitWrite() throws

    /// Takes what was erased out of files beside the database.
    ///
    /// - Returns: false where somebody reads them now.
    func forgetErased() throws -> Bool

    /// What will keep it from being written before long, in words for an operator; nil where nothing is known.
    var hindrance: String? { get }

    /// Copies everything, as of now, to a file of SQLite that is complete or absent whatever happens.
    ///
    /// - Parameter shouldStop: asked now and then.
    /// - Throws: `BackupError`, or the database's own error.
    func backup(to target: String, replacing: Bool, shouldStop: () -> Bool) throws

    /// Calls `whenCommitted`, on any thread, soon after a commit of another process that wrote to the log, if the database
    /// tells of such; until this object is gone.
    func listen(_ whenCommitted: @escaping @Sendable () -> Void)
}

/// Why the database could not do what was asked, where it is not the relay's own disk that failed.
package struct LogDatabaseError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// There is no room left.
        case full
        /// It is not there now: it may be in a while.
        case unavailable
        case other
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
