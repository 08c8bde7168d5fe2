import CanvassSQLite

/// A new file beside another, readable for its owner alone, that is gone when the last reference is, unless it was given
/// a name. What a killed process left is gone with the next.
final class ScratchFile {
    let path: String
    let disk: any Disk
    private var isKept = false
    private let hold: (any DiskLock)?

    /// - Throws: `DoctorError.notWritten`.
    init(beside path: String, on disk: any Disk) throws(DoctorError) {
        self.disk = disk
        disk.removeAbandonedScratch(beside: "\(path)-doctor")
        do {
            self.path = try disk.createScratch(beside: "\(path)-doctor")
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
        hold = disk.holdScratch(self.path)
    }

    /// A file that never gets a name: beside another or, where nothing can be written there, among the temporary files.
    ///
    /// - Throws: `DoctorError.notWritten`.
    convenience init(near path: String, on disk: any Disk) throws(DoctorError) {
        let isWritable = disk.isWritable(ScratchFile.folder(of: path))
        try self.init(beside: isWritable ? path : "\(disk.temporaryFolder)/canvass", on: disk)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    deinit {
        guard !isKept else { return }
        for suffix in ["", "-journal", "-wal", "-shm", "-lock"] { disk.remove(path + suffix) }
    }

    /// Brings the contents to the disk and gives them their name, which nothing may have yet.
    func publish(as target: String) throws(DoctorError) {
        guard disk.kind(of: target) == .missing else { throw .exists(path: target) }
        do {
            try disk.synchronize(path)
            try disk.link(path, as: target)
            isKept = true
            disk.remove(path)
            try disk.synchronize(ScratchFile.folder(of: target))
        } catch {
            throw .notWritten(path: target, reason: error.reason)
        }
    }

    /// Copies a file into this one, as far as the medium lets it be read: a block that cannot be read becomes zeros.
    ///
    /// - Returns: the bytes copied, and how many of them could not be read.
    func fill(from source: String, suffix: String = "") throws(DoctorError) -> (bytes: Int, unreadable: Int) {
        guard disk.kind(of: source + suffix) != .missing else { return (0, 0) }
        let input = try open(source + suffix, isWriting: false)
        let output = try open(path + suffix, isWriting: true)
        let size = input.size
        var offset = 0
        var unreadable = 0
        while offset < size {
            let wanted = min(4_096, size - offset)
            var block = input.read(wanted, at: offset)
            if block.count < wanted {
                unreadable += wanted - block.count
                block += [UInt8](repeating: 0, count: wanted - block.count)
            }
            try write(block, at: offset, to: output, path + suffix)
            offset += wanted
        }
        return (size, unreadable)
    }

    /// Writes bytes over those at `offset`.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DoctorError) {
        try write(bytes, at: offset, to: try open(path, isWriting: true), path)
    }

    /// Up to `count` bytes from the beginning.
    func read(_ count: Int) throws(DoctorError) -> [UInt8] {
        try open(path, isWriting: false).read(count, at: 0)
    }

    /// The file, or one beside it, for reading past SQLite.
    func opened(suffix: String = "") throws(DoctorError) -> any DiskFile {
        try open(path + suffix, isWriting: false)
    }

    private func open(_ path: String, isWriting: Bool) throws(DoctorError) -> any DiskFile {
        do {
            return try disk.openFile(path, isWriting: isWriting)
        } catch {
            throw isWriting ? .notWritten(path: path, reason: error.reason) : .notRead(path: path, reason: error.reason)
        }
    }

    private func write(
        _ bytes: [UInt8], at offset: Int, to file: any DiskFile, _ path: String
    ) throws(DoctorError) {
        do {
            try file.write(bytes, at: offset)
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
    }
}
