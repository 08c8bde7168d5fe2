public import CanvassStore

extension Replica {
    /// Examines the file of this replica: SQLite's own checks, the hash of every change along its chain, and the state,
    /// tips and digests made anew from the log against those stored.
    ///
    /// - Parameters:
    ///   - repair: makes what is wrong anew from the log, in one transaction. Changes that do not verify are kept apart;
    ///     the next sync brings back those that the relay holds.
    ///   - onProgress: called now and then with the changes read so far.
    /// - Throws: `CanvassError`; the file is then as it was.
    @discardableResult
    public func examine(
        repair: Bool = false, onProgress: (_ changesRead: Int) -> Void = { _ in }
    ) throws(CanvassError) -> DoctorReport {
        let report = try explaining {
            try ReplicaStore.examine(
                path: path, on: environment.disk, waiting: environment.waiting, repairing: repair,
                onProgress: onProgress)
        }
        if report.isRepaired { try refreshViewsIfNeeded() }
        return report
    }

    /// The same for a file that may be too damaged to open.
    @discardableResult
    public static func examine(
        at path: String, repair: Bool = false, environment: ReplicaEnvironment = .system,
        onProgress: (_ changesRead: Int) -> Void = { _ in }
    ) throws(CanvassError) -> DoctorReport {
        try explaining(path) {
            try ReplicaStore.examine(
                path: path, waiting: environment.waiting, repairing: repair, onProgress: onProgress)
        }
    }

    /// Saves what can be read of a damaged file into a new replica with the same identity.
    ///
    /// No program may have the damaged file open. It is only read; afterwards use the new one in its place, never both.
    ///
    /// - Parameter target: a path where nothing is.
    /// - Returns: what was found; `lost` is what the new replica lacks until a sync brings it back.
    @discardableResult
    public static func salvage(
        from path: String, to target: String, onProgress: (_ changesRead: Int) -> Void = { _ in }
    ) throws(CanvassError) -> DoctorReport {
        try explaining(path) {
            try ReplicaStore.salvage(from: path, to: target, onProgress: onProgress)
        }
    }
}
