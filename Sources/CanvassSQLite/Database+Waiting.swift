import CanvassCSQLite

extension Database {
    /// Waits for the write lock, runs `body` under it and lets go.
    func whenLocked<T: Sendable>(_ body: (inout Writer) throws -> T) throws -> T {
        try waitForLock { writer in
            defer { writer.lock.release() }
            return try body(&writer)
        }
    }

    /// Waits until no turn is open and the lock is ours, then runs `body`, which has to release the lock.
    ///
    /// It asks again and again, since `flock` cannot wait for a limited time: 1 ms at first, 8 ms at most. It does not
    /// hold the mutex meanwhile.
    func waitForLock<T: Sendable>(_ body: (inout Writer) throws -> T) throws -> T {
        guard let writer else {
            throw SQLiteError(
                extendedCode: SQLITE_READONLY, message: "opened read-only", operation: "write", path: path)
        }
        let start = ContinuousClock.now
        var pauseMilliseconds = 1
        var hasTold = false
        while true {
            let outcome: T? = try writer.withLock { writer in
                if let owner = writer.turnOwner {
                    precondition(
                        owner != FileSystem.currentThread, "a write inside an open turn must use withOpenWrite")
                    return Optional<T>.none
                }
                guard try writer.tryAcquire() else { return Optional<T>.none }
                return try body(&writer)
            }
            if let outcome { return outcome }
            let waited = ContinuousClock.now - start
            guard waited < options.lockTimeout else { throw givingUp(SQLITE_BUSY, writer) }
            guard !options.waiting.shouldStop() else { throw givingUp(SQLITE_INTERRUPT, writer) }
            if !hasTold, waited >= options.waiting.noticeDelay {
                hasTold = true
                options.waiting.onWait(wait(on: writer))
            }
            FileSystem.sleep(milliseconds: pauseMilliseconds)
            pauseMilliseconds = min(8, pauseMilliseconds * 2)
        }
    }

    private func wait(on writer: SharedWriter) -> WriteWait {
        WriteWait(path: path, holder: writer.withLock { $0.lock.holder })
    }

    private func givingUp(_ code: Int32, _ writer: SharedWriter) -> SQLiteError {
        let why =
            code == SQLITE_BUSY
            ? "waited for it for \(options.lockTimeout)" : "the wait was stopped on request"
        return SQLiteError(
            extendedCode: code, message: "\(wait(on: writer)); \(why)", operation: SQLiteError.waiting, path: path)
    }
}
