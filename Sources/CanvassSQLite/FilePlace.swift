/// Where a database in use lies, to notice when it is moved, replaced or deleted under the connections to it.
///
/// SQLite goes on with the files that it has open, wherever they are: what is committed to a file that was deleted, or to
/// the log of one that was replaced, is gone with it (<https://sqlite.org/howtocorrupt.html>, section 2.4). The log and its
/// index stay the same files for as long as a connection is open.
struct FilePlace: Sendable {
    private let path: String
    private let disk: any Disk
    private let file: FileIdentity?
    /// Nil until they are there.
    private var log: FileIdentity?
    private var index: FileIdentity?

    /// - Parameter path: with every symbolic link followed.
    init(of path: String, on disk: any Disk) {
        self.path = path
        self.disk = disk
        file = disk.identity(of: path)
    }

    mutating func isUnchanged() -> Bool {
        guard disk.identity(of: path) == file else { return false }
        return isSame(&log, path + "-wal", disk) && isSame(&index, path + "-shm", disk)
    }
}

private func isSame(_ known: inout FileIdentity?, _ path: String, _ disk: any Disk) -> Bool {
    let found = disk.identity(of: path)
    guard let known else {
        known = found
        return true
    }
    return known == found
}
