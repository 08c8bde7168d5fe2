import CanvassCRDT
import CanvassStore
import CanvassSync
import CanvassWire

/// One run: real replicas and a real relay on simulated machines, in one thread, with one queue of what happens next.
///
/// Invariants:
/// 1. Nothing in a run depends on anything but its tape: no clock, no randomness and no order from outside.
/// 2. The books that promises are checked against (`ledger`, `organisation`, what each node and the relay acknowledged) are
///    kept from what commits returned, never read back from the system.
final class Simulation {
    enum Event {
        case step(Int)
        case arrival(Arrival)
        case turn
        case answer(Exchange, attempt: Int, bytes: [UInt8]?)
        case unreachable(Exchange, attempt: Int)
        case resume(Exchange)
    }

    let tape: Tape
    let start: StartingPoint
    var now = StartingPoint.time
    var queue = EventQueue<Event>()
    var trace = Trace()
    /// For what no step decides.
    var random: SplitMix64
    /// As the relay holds it now.
    var organisation: Organisation
    /// As it is with everything that the relay ever wrote: what people go by who have heard of it.
    var people: Organisation
    var ledger: [ScopeID: ScopeModel] = [:]
    var nodes: [Node] = []
    let relay: RelayHost
    /// Requests that came in and wait for the relay's turn.
    var inbox: [Arrival] = []
    var isTurnPlanned = false
    /// Whether the relay was restored or wiped.
    var hasRelayGoneBack = false
    var isHealing = false
    /// The bundles that were made.
    var parcels: [Parcel] = []
    /// Changes that were made against the rules: void wherever they are held.
    var suspects: [Suspect] = []
    /// The last state that the model made of each scope, for the nodes that hold the same.
    var naiveStates: [ScopeID: (dots: Set<Dot>, state: NaiveState)] = [:]

    init(_ tape: Tape, from start: StartingPoint) throws {
        CrashDisk.seedSQLite(tape.seed)
        self.tape = tape
        self.start = start
        random = SplitMix64(seed: tape.seed)
        organisation = start.organisation
        people = start.organisation
        relay = RelayHost(machine: Machine(seed: tape.seed &+ 7, image: start.relay), seed: tape.seed &+ 8)
        relay.surroundings.setClock(now)
        try relay.start()
        try learnLog()
        relay.acknowledged = relay.held
        try makeNodes()
    }

    /// Runs the whole tape, heals, and checks everything.
    ///
    /// - Throws: `SimulationFailure`.
    func run() throws {
        var time = now
        for (index, step) in tape.steps.enumerated() {
            time += Int64(step.delay)
            queue.add(.step(index), at: time, tie: random.next())
        }
        try drain()
        try heal()
        try checkEverything()
    }

    func note(_ line: @autoclosure () -> String) { trace.note(now - StartingPoint.time, line()) }

    /// Lets everything happen that is planned.
    func drain() throws {
        while let (time, event) = queue.next() {
            now = max(now, time)
            relay.surroundings.setClock(now)
            try handle(event)
        }
    }

    private func handle(_ event: Event) throws {
        switch event {
        case .step(let index): try perform(tape.steps[index])
        case .arrival(let arrival): receive(arrival)
        case .turn: try takeTurn()
        case .answer(let exchange, let attempt, let bytes): try take(bytes, exchange, attempt)
        case .unreachable(let exchange, let attempt):
            try fail(exchange, attempt, .unreachable("no connection"))
        case .resume(let exchange): try resume(exchange)
        }
    }

    private func perform(_ step: Step) throws {
        let node = nodes[step.node % nodes.count]
        note("step \(step.action.rawValue) node \(node.number)")
        if let fault = DiskFault(step.fault) { node.arm(fault) }
        var random = SplitMix64(seed: step.detail)
        switch step.action {
        case .record, .edit, .delete, .restore, .settle, .form: try edit(node, step.action, &random)
        case .sync: try beginSync(node, seed: step.detail)
        case .kill: try crash(node, isPowerCut: false)
        case .cut: try crash(node, isPowerCut: true)
        case .copy: node.copy = (node.machine.image(), node.held, node.unsure)
        case .retrieve: try retrieve(node)
        case .clone: try clone(node)
        case .clock: node.skew = skew(using: &random)
        case .partition: node.isolatedUntil = now + Int64(random.below(200_000))
        case .process: try changeProcesses(node)
        case .doctor: try examine(node)
        case .relayKill: try crashRelay(isPowerCut: false)
        case .relayCut: try crashRelay(isPowerCut: true)
        case .relayCopy: relay.copy = (relay.machine.image(), relay.acknowledged)
        case .relayRetrieve: try retrieveRelay()
        case .relayWipe: try wipeRelay()
        case .relayFault: relay.arm(DiskFault(step.detail))
        case .grant: try grant(node, &random)
        case .revoke: try revoke(node, &random)
        case .forge: try forge(node, &random)
        case .erase: try erase(node, &random)
        case .bundle: try export(node, &random)
        case .take: try take(node, &random)
        case .carry: try carry(node, &random)
        }
    }
}
