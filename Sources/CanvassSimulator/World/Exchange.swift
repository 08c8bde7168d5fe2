import CanvassSync
import CanvassWire

/// A sync under way.
final class Exchange {
    /// Every node outlives it.
    unowned let node: Node
    /// The process that syncs.
    let replica: OpenReplica
    var session = SyncSession()
    var link: Link
    /// Counts requests: an answer to an earlier one comes too late.
    var attempt = 0
    /// Whether the last request has neither been answered nor given up.
    var isWaiting = false
    var outcome: Outcome?

    enum Outcome {
        case finished(SyncSummary)
        case failed(SyncFailure)
        /// The process ended in the middle.
        case abandoned
    }

    /// Whether what comes back for a request is still waited for; from then on it is not.
    func accepts(_ attempt: Int) -> Bool {
        guard outcome == nil, isWaiting, self.attempt == attempt else { return false }
        isWaiting = false
        return true
    }

    init(node: Node, replica: OpenReplica, link: Link) {
        self.node = node
        self.replica = replica
        self.link = link
    }
}

/// A request, or a part of one, on its way to the relay.
struct Arrival {
    enum Sender {
        case exchange(Exchange, attempt: Int)
        /// Somebody with a device's token who does not keep the rules.
        case forger
        /// Somebody who hands over a bundle.
        case courier
    }

    let sender: Sender
    let node: Node
    let bytes: [UInt8]
    let isWhole: Bool
    let request: SyncRequest
}
