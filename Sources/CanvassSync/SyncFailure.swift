package import CanvassWire

/// Why a sync stopped. Everything that was committed before stays committed, on both sides.
package enum SyncFailure: Error, Sendable, Hashable {
    /// Nothing answers at the address: no network, a wrong address, or the relay is down.
    case unreachable(String)
    /// The connection broke after it was made; what was committed is kept, and a repetition goes on from there.
    case interrupted(String)
    /// Something answers, but it is no relay (a captive portal, a proxy's error page).
    case notARelay(String)
    /// The relay answered with an error.
    case refused(Problem)
    /// The answer cannot be applied: damaged, or not what was asked for.
    case invalidAnswer(String)
    /// The relay says that more is waiting, but a whole round brought nothing new.
    case stalled
}
