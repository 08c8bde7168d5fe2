import CanvassCCrashDisk
package import CanvassSQLite
import Synchronization

/// A program that has files of a `CrashDisk` open: what a `Database` takes as its disk.
package final class CrashProcess: Sendable {
    package let disk: CrashDisk
    nonisolated(unsafe) private let process: OpaquePointer
    package let vfsName: String?
    /// Counts scratch files and lock holders.
    private let counter = Mutex<UInt64>(0)

    init(on disk: CrashDisk) {
        self.disk = disk
        process = crash_process_create(disk.medium)
        vfsName = String(cString: crash_process_vfs(process))
    }

    deinit {
        crash_process_release(process)
    }

    /// Makes an operation of this process fail.
    ///
    /// - Parameter operation: counted from now on; 1 is the next. One fault can wait at a time.
    package func fail(at operation: Int, with fault: CrashFault) {
        crash_process_fail(process, UInt64(operation), fault.code)
    }

    /// Kills the process. What it wrote can still be read, and may get lost in a power cut.
    package func stop() {
        crash_process_stop(process)
    }

    /// Whether it is dead: killed, stopped by a fault, or by a power cut.
    package var isStopped: Bool { crash_process_is_stopped(process) }

    private func nextNumber() -> UInt64 {
        counter.withLock { counter in
            counter += 1
            return counter
        }
    }

    private func check(_ code: Int32) throws(DiskError) {
        guard code == 0 else { throw DiskError(code: code) }
    }
}

extension CrashProcess: Disk {
    package var temporaryFolder: String { "." }

    package func kind(of path: String) -> FileKind {
        if path == "." || path == "./" { return .folder }
        return crash_medium_size(disk.medium, path) < 0 ? .missing : .file
    }

    package func size(of path: String) -> Int64 { max(0, crash_medium_size(disk.medium, path)) }

    package func isWritable(_ folder: String) -> Bool { !isStopped }

    package func isSameFile(_ first: String, _ second: String) -> Bool { first == second }

    package func createPrivate(_ path: String) {
        guard kind(of: path) == .missing else { return }
        _ = crash_process_create_file(process, path)
    }

    package func createScratch(beside path: String) throws(DiskError) -> String {
        while true {
            let name = "\(path)-\(nextNumber())"
            guard kind(of: name) == .missing else { continue }
            try check(crash_process_create_file(process, name))
            return name
        }
    }

    package func synchronize(_ path: String) throws(DiskError) {
        try check(kind(of: path) == .folder ? crash_process_sync_names(process) : crash_process_sync(process, path))
    }

    package func rename(_ source: String, to target: String) throws(DiskError) {
        try check(crash_process_rename(process, source, target, true))
    }

    package func link(_ source: String, as target: String) throws(DiskError) {
        try check(crash_process_rename(process, source, target, false))
    }

    package func remove(_ path: String) {
        guard kind(of: path) == .file else { return }
        _ = crash_process_remove(process, path)
    }

    package func openFile(_ path: String, isWriting: Bool) throws(DiskError) -> any DiskFile {
        if kind(of: path) == .missing {
            try check(isWriting ? crash_process_create_file(process, path) : ENOENT)
        }
        return OpenedFile(process: self, path: path)
    }

    package func openLock(_ path: String) throws(DiskError) -> any DiskLock {
        try check(isStopped ? EIO : 0)
        return HeldLock(process: self, path: path, holder: nextNumber())
    }

    private final class OpenedFile: DiskFile {
        private let process: CrashProcess
        private let path: String

        init(process: CrashProcess, path: String) {
            self.process = process
            self.path = path
        }

        var size: Int { Int(process.size(of: path)) }

        func read(_ count: Int, at offset: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                initialized = crash_medium_read(
                    process.disk.medium, path, UInt64(offset), buffer.baseAddress, count)
            }
        }

        func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
            try process.check(
                crash_process_write(process.process, path, UInt64(offset), bytes, bytes.count))
        }
    }

    private final class HeldLock: DiskLock {
        private let process: CrashProcess
        private let path: String
        private let holder: UInt64

        init(process: CrashProcess, path: String, holder: UInt64) {
            self.process = process
            self.path = path
            self.holder = holder
        }

        deinit {
            release()
        }

        func tryAcquire() throws(DiskError) -> Bool {
            try process.check(process.isStopped ? EIO : 0)
            return crash_process_lock(process.process, path, holder)
        }

        func release() {
            crash_process_unlock(process.process, path, holder)
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
