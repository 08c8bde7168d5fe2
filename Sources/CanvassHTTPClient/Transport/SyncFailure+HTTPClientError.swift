import CanvassHTTP
import CanvassSync

extension SyncFailure {
    /// Says in words why a request got no answer. What had a connection and lost it may be tried again at once; what never
    /// had one needs a person.
    init(_ error: HTTPClientError, host: String) {
        switch error {
        case .unknownHost(let reason): self = .unreachable("there is no host \"\(host)\", or no network (\(reason))")
        case .refused: self = .unreachable("nothing accepts connections there")
        case .noRoute(let reason): self = .unreachable("there is no way to \(host) (\(reason))")
        case .connectTimedOut(let time): self = .unreachable("no connection within \(time.components.seconds) s")
        case .system(let reason): self = .unreachable(reason)
        case .silent(let time): self = .unreachable("no answer within \(time.components.seconds) s")
        case .tooSlow: self = .interrupted("it became too slow")
        case .broken(let reason): self = .interrupted(reason)
        case .answer(.noAnswer): self = .interrupted("it was closed without an answer")
        case .answer(.cutInHead): self = .interrupted("it was closed within the head of an answer")
        case .answer(.cutInBody): self = .interrupted("it was closed within an answer")
        case .answer(.malformed(let reason)): self = .notARelay("it does not speak HTTP as a relay does (\(reason))")
        case .answer(.tooLarge(let reason)): self = .invalidAnswer(reason)
        case .unwritable: self = .unreachable("the address has a character that must be percent-encoded")
        case .cancelled: self = .interrupted("the request was stopped")
        }
    }
}
