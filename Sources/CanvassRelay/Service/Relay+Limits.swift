import CanvassHTTP
import CanvassHTTPServer
import CanvassWire
import Synchronization

extension Relay {
    /// The call as it came, or one that is refused because too many came before it.
    func admitted(_ call: RelayCall, from incoming: HTTPIncomingRequest) -> RelayCall {
        guard environment.limits.isOn else { return call }
        let tokenHash = call.tokenHash
        if tokenHash == nil {
            guard case .join = call.action else { return call }
        }
        let client = environment.proxies.client(of: incoming)
        let wait = limiter.withLock { $0.admit(tokenHash: tokenHash, from: client, at: environment.now()) }
        guard wait > 0 else { return call }
        let seconds = (wait + 999) / 1000
        var problem = Problem(
            .tooManyRequests,
            "Too many requests came from this device, or from strangers at its address. Nothing is lost: try again in "
                + (seconds == 1 ? "a second." : "\(seconds) seconds."))
        problem.retryAfterSeconds = Int(clamping: seconds)
        return call.refused(problem)
    }

    /// Learns from the answer whether the token of a request was good.
    func note(_ call: RelayCall, _ response: HTTPResponse, from incoming: HTTPIncomingRequest) {
        guard environment.limits.isOn, let tokenHash = call.tokenHash else { return }
        let isGood = response.status != 401 && response.status != 403
        let client = environment.proxies.client(of: incoming)
        limiter.withLock { $0.note(tokenHash: tokenHash, isGood: isGood, from: client, at: environment.now()) }
    }
}

extension RelayCall {
    /// Of the device that asks, where one does.
    fileprivate var tokenHash: [UInt8]? {
        switch action {
        case .sync(_, let hash): hash
        case .watch(let request): request.tokenHash
        default: nil
        }
    }
}
