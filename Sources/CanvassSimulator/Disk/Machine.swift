import CanvassSQLite

/// The files of a machine, as somebody copies them.
struct DiskImage: Sendable {
    fileprivate let files: [(name: String, bytes: [UInt8])]

    /// An empty disk.
    init() { files = [] }

    fileprivate init(files: [(name: String, bytes: [UInt8])]) { self.files = files }
}

/// A machine with one database on its disk.
final class Machine {
    static let database = "database"

    private(set) var disk: CrashDisk
    private let seed: UInt64

    init(seed: UInt64, image: DiskImage? = nil) {
        self.seed = seed
        disk = CrashDisk(seed: seed)
        if let image { put(image) }
    }

    /// What a person copies: all that can be read, whether or not it would survive a power cut here.
    func image() -> DiskImage {
        DiskImage(
            files: disk.names.compactMap { name in
                guard !name.hasSuffix("-lock") else { return nil }
                return disk.contents(of: name).map { (name, $0) }
            })
    }

    /// Puts a copy in the place of everything there is.
    func replace(with image: DiskImage) {
        disk = CrashDisk(seed: seed)
        put(image)
    }

    private func put(_ image: DiskImage) {
        for file in image.files { disk.put(file.bytes, at: file.name) }
    }

    func cutPower(using random: inout SplitMix64) {
        disk.cutPower(keeping: random.choice(CrashSurvival.allCases), seed: random.next())
    }
}

/// What a disk does at one of its next operations.
struct DiskFault: Hashable {
    enum Kind: Hashable {
        /// The process dies.
        case stop
        /// The power goes.
        case cut
        /// There is no room.
        case full
        /// The operation fails, and nobody knows what is on the disk.
        case ioError
    }

    let kind: Kind
    /// 1 is the next.
    let operation: Int

    /// - Returns: nil for 0.
    init?(_ number: UInt64) {
        guard number > 0 else { return nil }
        let kinds: [Kind] = [.stop, .cut, .cut, .stop, .cut, .full, .ioError, .cut]
        kind = kinds[Int((number - 1) % UInt64(kinds.count))]
        operation = 1 + Int((number - 1) / UInt64(kinds.count) % 60)
    }

    func arm(_ process: CrashProcess) {
        let fault: CrashFault =
            switch kind {
            case .stop, .cut: .stop
            case .full: .full
            case .ioError: .ioError
            }
        process.fail(at: operation, with: fault)
    }

    /// Whether an error of SQLite's is this one's doing.
    func explains(_ error: any Error) -> Bool {
        guard let error = error as? SQLiteError else { return error is OpenError || error is DiskError }
        switch kind {
        case .full: return error.isFull
        case .ioError: return true
        case .stop, .cut: return false
        }
    }
}

extension CrashProcess {
    /// Makes no operation fail any more.
    func disarm() { fail(at: .max, with: .ioError) }
}
