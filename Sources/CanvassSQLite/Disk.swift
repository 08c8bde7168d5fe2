/// Where database files lie: the file system of the machine (`SystemDisk`), or a disk in memory whose power a test cuts.
///
/// Passed in with `DatabaseOptions`. SQLite reaches it through its VFS; what SQLite does not offer is asked of it here.
package protocol Disk: Sendable {
    /// The name of the VFS registered with SQLite (<https://sqlite.org/vfs.html>); nil for SQLite's own.
    var vfsName: String? { get }

    /// Where files go that nobody misses.
    var temporaryFolder: String { get }

    func kind(of path: String) -> FileKind
    /// Bytes of a file; 0 where there is none.
    func size(of path: String) -> Int64
    /// Whether new files can be made in a folder.
    func isWritable(_ folder: String) -> Bool
    func isSameFile(_ first: String, _ second: String) -> Bool

    /// Makes an empty file that only its owner may read, unless something of that name is there. Where it fails, SQLite
    /// fails at the same and tells why.
    func createPrivate(_ path: String)
    /// Makes an empty file that only its owner may read, under a new name that begins with `path`.
    func createScratch(beside path: String) throws(DiskError) -> String
    /// Waits until the contents of a file, or the names in a folder, are on the medium.
    func synchronize(_ path: String) throws(DiskError)
    /// Gives a file another name, in place of whatever has it.
    func rename(_ source: String, to target: String) throws(DiskError)
    /// Gives a file a second name, which nothing may have yet.
    func link(_ source: String, as target: String) throws(DiskError)
    func remove(_ path: String)

    /// What a file is, whatever its name: no two files that exist at one time have the same. Nil where there is none, and
    /// on a disk whose files nobody moves.
    func identity(of path: String) -> FileIdentity?
    /// Keeps a scratch file from being taken for abandoned, until the lock is gone.
    func holdScratch(_ path: String) -> (any DiskLock)?
    /// Removes the scratch files of this beginning whose makers were killed.
    func removeAbandonedScratch(beside path: String)

    /// Opens a file past SQLite, to read or mend bytes that SQLite refuses; for one that nobody has open.
    func openFile(_ path: String, isWriting: Bool) throws(DiskError) -> any DiskFile

    /// Opens the advisory lock that a file of this name stands for, making it where it is missing.
    func openLock(_ path: String) throws(DiskError) -> any DiskLock
}

extension Disk {
    package func identity(of path: String) -> FileIdentity? { nil }
    package func holdScratch(_ path: String) -> (any DiskLock)? { nil }
    package func removeAbandonedScratch(beside path: String) {}
}

/// See `Disk.identity`.
package struct FileIdentity: Hashable, Sendable {
    package var device: UInt64
    package var number: UInt64

    package init(device: UInt64, number: UInt64) {
        self.device = device
        self.number = number
    }
}

package enum FileKind: Sendable { case missing, file, folder, other }

/// An open file of bytes.
package protocol DiskFile: AnyObject {
    var size: Int { get }
    /// - Returns: up to `count` bytes; fewer at the end of the file, and where the medium cannot be read.
    func read(_ count: Int, at offset: Int) -> [UInt8]
    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError)
}

/// What an operating system refused.
package struct DiskError: Error, Hashable, Sendable {
    /// An `errno`.
    package var code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The operating system's words for it.
    package var reason: String { FileSystem.reason(code) }
}

/// An advisory lock that belongs to its holder, not to the process, and goes with the process however it ends.
package protocol DiskLock: AnyObject, Sendable {
    /// - Returns: false where another holds it.
    func tryAcquire() throws(DiskError) -> Bool
    func release()
    /// Whether whoever asks for the lock of this name now gets this one: not where its file was deleted.
    var isInPlace: Bool { get }
    /// Who holds it, where the system says so.
    var holder: LockHolder? { get }
}

extension DiskLock {
    package var isInPlace: Bool { true }
    package var holder: LockHolder? { nil }
}
