/// Runs tapes, one after the other, from one starting point.
///
/// For example:
///
///     let simulator = try Simulator()
///     let outcome = simulator.run(Tape(seed: 4711))
package final class Simulator {
    /// What came of a run.
    package struct Outcome: Sendable, Hashable {
        /// The same for every run of one tape.
        package var traceHash: UInt64
        package var failure: SimulationFailure?
        /// Changes that were made.
        package var changes: Int
    }

    private let start: StartingPoint

    /// - Throws: where the starting point cannot be made.
    package init() throws {
        start = try StartingPoint()
    }

    /// - Parameter listener: called with each line of what happens.
    package func run(_ tape: Tape, listener: ((String) -> Void)? = nil) -> Outcome {
        var outcome = Outcome(traceHash: 0, failure: nil, changes: 0)
        do {
            let simulation = try Simulation(tape, from: start)
            simulation.trace.listener = listener
            defer {
                outcome.traceHash = simulation.trace.hash
                outcome.changes = simulation.ledger.values.reduce(0) { $0 + $1.entries.count }
            }
            try simulation.run()
        } catch let failure as SimulationFailure {
            outcome.failure = failure
        } catch {
            outcome.failure = SimulationFailure(.errors, "\(error)")
        }
        return outcome
    }
}
