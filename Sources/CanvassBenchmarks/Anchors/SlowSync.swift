import CanvassCSQLite
import Foundation

/// A disk whose every sync takes a millisecond longer, as one does that is no memory behind a cache: SQLite's own VFS
/// (<https://sqlite.org/vfs.html>) with another `xSync`, the default of this process while `body` runs.
enum SlowSync {
    static let microseconds: UInt32 = 1_000

    static func during<T>(_ body: () async throws -> T) async throws -> T {
        guard let own = sqlite3_vfs_find(nil), let slow = vfs(over: own), sqlite3_vfs_register(slow, 1) == SQLITE_OK
        else { throw WrongResult("SQLite has no VFS") }
        defer {
            sqlite3_vfs_unregister(slow)
            sqlite3_vfs_register(own, 1)
        }
        return try await body()
    }

    /// Lives as long as the process: files may be open on it.
    private static func vfs(over own: UnsafeMutablePointer<sqlite3_vfs>) -> UnsafeMutablePointer<sqlite3_vfs>? {
        let slow = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        slow.initialize(to: own.pointee)
        slow.pointee.zName = UnsafePointer(strdup("slow-sync"))
        slow.pointee.pNext = nil
        slow.pointee.xOpen = { vfs, name, file, flags, outFlags in
            guard let own = sqlite3_vfs_find("unix"), let file else { return SQLITE_CANTOPEN }
            let code = own.pointee.xOpen(own, name, file, flags, outFlags)
            guard code == SQLITE_OK, let methods = file.pointee.pMethods else { return code }
            // A few hundred bytes for each file that is opened, for good.
            let slow = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
            slow.initialize(to: methods.pointee)
            slow.pointee.xSync = { file, flags in
                usleep(SlowSync.microseconds)
                return SlowSync.syncOfUnix?(file, flags) ?? SQLITE_IOERR
            }
            SlowSync.syncOfUnix = methods.pointee.xSync
            file.pointee.pMethods = UnsafePointer(slow)
            return code
        }
        return slow
    }

    /// The same for all files of that VFS.
    private nonisolated(unsafe) static var syncOfUnix:
        (@convention(c) (UnsafeMutablePointer<sqlite3_file>?, Int32) -> Int32)?
}
