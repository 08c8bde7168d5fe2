import CanvassSimulator

/// Work on one file, during which the power fails.
protocol PowerCutWorkload: Sendable {
    /// What is opened again afterwards.
    associatedtype Subject: Sendable

    /// A word for the table.
    var name: String { get }

    /// Puts on the medium what was there before.
    func prepare(_ disk: CrashDisk, seed: UInt64) throws

    /// Does the work, and notes in the ledger whatever the system acknowledged.
    ///
    /// - Parameter begin: called when the power may fail from here on.
    func run(on disk: CrashProcess, seed: UInt64, ledger: Ledger<Subject>, begin: () -> Void) async throws

    /// Opens the file on a machine that starts again.
    func open(on disk: CrashProcess) throws -> Subject

    /// What is wrong with the file, whatever it was told to keep.
    func findings(on disk: CrashProcess) throws -> [String]
}

extension PowerCutWorkload {
    func prepare(_ disk: CrashDisk, seed: UInt64) throws {}
}
