#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder with all that a relay keeps. Only its owner may look inside.
package struct RelayDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var databasePath: String { path + "/relay.sqlite" }

    /// Whether a relay has been here.
    package var isMade: Bool { access(databasePath, F_OK) == 0 }

    /// Makes sure that a relay may move in: that one has been here, or that nothing else has.
    package func checkIsOurs() throws(RelayFailure) {
        guard !isMade, let folder = opendir(path) else { return }
        defer { closedir(folder) }
        // A start that ended early leaves its lock, and the root of a file system has a folder of its own.
        let harmless: Set = [".", "..", Self.lockName, "lost+found"]
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !harmless.contains(name) else { continue }
            throw RelayFailure(
                "\(path) holds other things (\(name)) and no relay",
                remedy: "name an empty folder, a new one or that of a relay with --data")
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What SQLite and the write lock put beside a database, and the database itself last.
    private static let suffixes = ["-wal", "-shm", "-journal", "-lock", ""]

    /// Removes a database with all that lies beside it; one that is not there is no error.
    static func removeDatabase(_ path: String) {
        for suffix in suffixes { unlink(path + suffix) }
    }

    /// Renames a database that no process has open, with all that lies beside it.
    func moveDatabase(_ path: String, to target: String) throws(RelayFailure) {
        for suffix in Self.suffixes where access(path + suffix, F_OK) == 0 {
            guard rename(path + suffix, target + suffix) == 0 else {
                throw RelayFailure(
                    "\(path + suffix) could not be renamed to \(target + suffix): \(String(cString: strerror(errno)))",
                    remedy: "see to that, and run the command again")
            }
        }
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A file system that cannot make a rename durable this way has no other.
        fsync(descriptor)
    }

    private static let lockName = "serve.lock"

    /// Makes the folder, and those on the way to it, where they are missing.
    package func create() throws(RelayFailure) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || Self.isFolder(made) else {
                throw RelayFailure(
                    "the folder \(made) could not be made: \(String(cString: strerror(code)))",
                    remedy: "choose another with --data")
            }
        }
    }

    /// Makes sure that one process at most serves the folder. The lock goes with the process, however it ends.
    package func lockForServing() throws(RelayFailure) -> ServingLock {
        let file = "\(path)/\(Self.lockName)"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RelayFailure(
                "\(file) could not be opened: \(String(cString: strerror(errno)))",
                remedy: "give the user of the relay the folder")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw RelayFailure(
                "another canvass-relay is serving \(path)",
                remedy: "stop that one, or choose another folder with --data")
        }
        return ServingLock(descriptor: descriptor)
    }
}

/// Held as long as a process serves.
package final class ServingLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
