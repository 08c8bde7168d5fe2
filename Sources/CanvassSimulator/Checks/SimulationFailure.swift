/// A promise that was broken in a run.
package struct SimulationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Promise: String, Sendable {
        /// What was acknowledged is there after a crash.
        case durability
        /// A transaction is there whole or not at all.
        case atomicity
        /// Sequences are contiguous, chains unbroken, causes come before effects.
        case order
        /// The bookmark is never ahead of its data.
        case bookmark
        /// Nobody gets bytes of a scope that they may not read.
        case permission
        /// Nobody's change is in another's name.
        case authorship
        /// What was erased is gone, and stays so.
        case erasure
        /// All who may read a scope hold the same of it, every branch included.
        case convergence
        /// The merged state is that of the naive model.
        case merge
        /// Delivering again changes nothing.
        case redelivery
        /// The state is the one that the log makes.
        case rebuild
        /// Every sync comes to an end, and the last of them with nothing left.
        case progress
        /// No error that nothing explains.
        case errors
    }

    package let promise: Promise
    package let detail: String

    init(_ promise: Promise, _ detail: String) {
        self.promise = promise
        self.detail = detail
    }

    package var description: String { "\(promise.rawValue): \(detail)" }
}
