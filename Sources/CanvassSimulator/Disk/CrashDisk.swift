import CanvassCCrashDisk
import Synchronization

/// The medium of one simulated machine: files in memory that know what a power cut would leave of them.
///
/// For example:
///
///     let medium = CrashDisk(seed: 1)
///     var process = medium.startProcess()
///     var environment = …
///     environment.disk = process
///     let replica = try Replica.create(at: "replica", environment: environment)
///     …
///     medium.cutPower(keeping: .subset, seed: 2)       // every process is dead, what was not synced is decided
///     environment.disk = medium.startProcess()         // the machine starts again
///     let again = try Replica.open(at: "replica", environment: environment)
///
/// Names are flat: no folders. `README.md` of `CanvassCCrashDisk` says what a cut may do, and why that is fair.
package final class CrashDisk: Sendable {
    nonisolated(unsafe) let medium: OpaquePointer
    private let observer = Mutex<Observer?>(nil)

    /// - Parameter seed: of all that is random in it but for cuts, which have seeds of their own.
    package convenience init(seed: UInt64) {
        self.init(taking: crash_medium_create(seed))
    }

    init(taking medium: OpaquePointer) {
        self.medium = medium
    }

    deinit {
        crash_medium_observe(medium, nil, nil)
        crash_medium_release(medium)
    }

    /// Another medium with the same contents, durable and pending, that nobody has open.
    package func copy(seed: UInt64) -> CrashDisk {
        CrashDisk(taking: crash_medium_copy(medium, seed))
    }

    /// A new process that can open files here; several at once are several programs on one machine.
    package func startProcess() -> CrashProcess { CrashProcess(on: self) }

    /// Stops every process and decides what is left of what they wrote and did not sync.
    package func cutPower(keeping survival: CrashSurvival, seed: UInt64) {
        crash_medium_cut(medium, survival.code, seed)
    }

    /// Brings everything to the medium, as an idle machine does after half a minute.
    package func settle() {
        crash_medium_settle(medium)
    }

    /// How many bytes all files together may have; nil for no limit. Writes past it find the disk full.
    package func limit(toBytes bytes: Int?) {
        crash_medium_limit(medium, UInt64(bytes ?? 0))
    }

    /// Operations that changed anything, so far.
    package var operationCount: Int { Int(crash_medium_operations(medium)) }

    /// Operations that a power cut now would decide about.
    package var pendingCount: Int { crash_medium_pending(medium) }

    /// Makes every `PRAGMA synchronous` set NORMAL from now on: a planted bug for the tests of the tests.
    package func weakenSynchronous() {
        crash_medium_weaken_synchronous(medium, true)
    }

    // MARK: Files

    /// The names of the files, in the order in which they came.
    package var names: [String] {
        var names: [String] = []
        while let name = crash_medium_name(medium, names.count) { names.append(String(cString: name)) }
        return names
    }

    /// What a file holds, as processes see it; nil where there is none.
    package func contents(of name: String) -> [UInt8]? {
        let size = crash_medium_size(medium, name)
        guard size >= 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, initialized in
            initialized = crash_medium_read(medium, name, 0, buffer.baseAddress, Int(size))
        }
    }

    /// Puts a file there, durably, in place of whatever had the name.
    package func put(_ bytes: [UInt8], at name: String) {
        crash_medium_put(medium, name, bytes, bytes.count)
    }

    /// Turns one bit of a file on the medium.
    ///
    /// - Returns: false past the end of the file.
    @discardableResult
    package func flip(bit: Int, ofByte offset: Int, in name: String) -> Bool {
        crash_medium_flip(medium, name, UInt64(offset), UInt32(bit))
    }

    // MARK: Watching

    private final class Observer: Sendable {
        let body: @Sendable (Int, CrashOperation) -> Void

        init(_ body: @escaping @Sendable (Int, CrashOperation) -> Void) {
            self.body = body
        }
    }

    /// Has `body` called before each operation with its number and kind, on the thread that asked for it; nil for nobody.
    /// It may copy the medium, and must not change it.
    package func observe(_ body: (@Sendable (Int, CrashOperation) -> Void)?) {
        observer.withLock { observer in
            observer = body.map { Observer($0) }
            guard let observer else { return crash_medium_observe(medium, nil, nil) }
            crash_medium_observe(
                medium,
                { context, number, operation in
                    guard let context, let operation = CrashOperation(operation) else { return }
                    Unmanaged<Observer>.fromOpaque(context).takeUnretainedValue().body(Int(number), operation)
                }, Unmanaged.passUnretained(observer).toOpaque())
        }
    }

    /// Seeds the random numbers of SQLite, in this whole process: the salts of logs are then the same in every run.
    package static func seedSQLite(_ seed: UInt64) {
        crash_seed_sqlite(UInt32(truncatingIfNeeded: seed ^ seed >> 32))
    }
}
