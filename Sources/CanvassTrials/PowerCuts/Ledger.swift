import Synchronization

/// What a workload was told is done: kept outside of the system, and asked of what is left after a power cut.
package final class Ledger<Subject: Sendable>: Sendable {
    private struct Entry {
        let what: String
        let isKept: @Sendable (Subject) throws -> Bool
    }

    private let entries = Mutex<[Entry]>([])

    /// How much was acknowledged so far.
    var count: Int { entries.withLock { $0.count } }

    /// Called once the system has acknowledged something.
    ///
    /// - Parameter isKept: whether a file that was opened again still has it.
    func acknowledge(_ what: String, _ isKept: @escaping @Sendable (Subject) throws -> Bool) {
        entries.withLock { $0.append(Entry(what: what, isKept: isKept)) }
    }

    /// What `subject` does not have and should.
    func losses(in subject: Subject) -> [String] {
        entries.withLock { $0 }.compactMap { entry in
            do {
                return try entry.isKept(subject) ? nil : entry.what
            } catch {
                return "\(entry.what): \(error)"
            }
        }
    }
}
