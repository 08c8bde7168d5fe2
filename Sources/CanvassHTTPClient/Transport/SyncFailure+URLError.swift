import CanvassSync
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension SyncFailure {
    /// Says in words why a request got no answer. What had a connection and lost it may be tried again at once; what never
    /// had one needs a person.
    ///
    /// - Parameter timeoutSeconds: how long was waited.
    init(_ error: any Error, host: String, timeoutSeconds: Int) {
        guard let error = error as? URLError else {
            self = .interrupted("\(error)")
            return
        }
        switch error.code {
        case .timedOut: self = .unreachable("no answer within \(timeoutSeconds) s")
        case .cannotConnectToHost: self = .unreachable("nothing accepts connections there")
        case .cannotFindHost, .dnsLookupFailed: self = .unreachable("there is no host \"\(host)\", or no network")
        case .notConnectedToInternet, .dataNotAllowed, .internationalRoamingOff:
            self = .unreachable("this device has no network")
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .serverCertificateNotYetValid, .clientCertificateRejected, .clientCertificateRequired:
            self = SyncFailure.certificate(of: host, error)
        case .secureConnectionFailed: self = SyncFailure.noTLS
        case .badURL, .unsupportedURL, .cannotParseResponse:
            // On Linux an answer that is not HTTP counts as a bad address.
            self = .notARelay("it does not speak HTTP (\(error.localizedDescription))")
        case .unknown: self = SyncFailure(description: error.localizedDescription, host: host, error)
        case .badServerResponse: self = .interrupted("it was closed without an answer")
        default: self = .interrupted(error.localizedDescription)
        }
    }

    /// On Linux most failures of the transfer library have no code of their own, only its words.
    private init(description: String, host: String, _ error: URLError) {
        let words = description.lowercased()
        if words.contains("certificate") {
            self = SyncFailure.certificate(of: host, error)
        } else if words.contains("wrong version number") || words.contains("unknown protocol") {
            self = SyncFailure.noTLS
        } else if words.contains("unreachable") || words.contains("no route") {
            self = .unreachable("there is no way to \(host) (\(description))")
        } else {
            self = .interrupted(description)
        }
    }

    private static var noTLS: SyncFailure { .unreachable("it does not speak TLS: https to an http address?") }

    private static func certificate(of host: String, _ error: URLError) -> SyncFailure {
        .unreachable("the certificate of \(host) is not good: \(error.localizedDescription)")
    }
}
