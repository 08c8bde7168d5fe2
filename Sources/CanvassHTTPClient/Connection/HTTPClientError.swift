package import CanvassHTTP

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a request got no answer, or none that can be used.
package enum HTTPClientError: Error, Sendable, Hashable {
    case unknownHost(String)
    /// Nobody listens there.
    case refused
    case noRoute(String)
    case connectTimedOut(Duration)
    /// Nothing came, or went, for so long.
    case silent(Duration)
    /// Bytes came and went, but too slowly for an honest line.
    case tooSlow
    case broken(String)
    case answer(HTTPResponseFailure)
    /// The request cannot be written: it has a character that must be percent-encoded.
    case unwritable
    case cancelled
    /// The system refused something that a request needs.
    case system(String)

    /// - Parameter operation: what failed just now: "open a socket".
    init(lastErrorOf operation: String) {
        self = .system("this device could not \(operation): \(String(cString: strerror(errno)))")
    }

    init(connecting code: Int32, patience: HTTPPatience) {
        let words = String(cString: strerror(code))
        switch code {
        case ECONNREFUSED: self = .refused
        case ETIMEDOUT: self = .connectTimedOut(patience.connecting)
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT: self = .noRoute(words)
        default: self = .broken(words)
        }
    }
}
