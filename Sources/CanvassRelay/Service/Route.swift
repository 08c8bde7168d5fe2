/// The addresses that the relay answers at. What is not here is not found. The table in Protocol/README.md, section 12, is
/// made from this one, and so are the tests of who is answered.
package enum Route: String, Sendable, CaseIterable {
    case join = "/v1/join"
    case sync = "/v1/sync"
    case watch = "/v1/watch"
    case health = "/healthz"
    case ready = "/readyz"
    case metrics = "/metrics"

    /// Whom a route answers with more than a problem.
    package enum Access: Sendable, CaseIterable {
        case anybody
        case invited
        case enrolled
        case operators
    }

    package var methods: [String] {
        switch self {
        case .join, .sync: ["POST"]
        case .watch: ["GET"]
        case .health, .ready, .metrics: ["GET", "HEAD"]
        }
    }

    package var access: Access {
        switch self {
        case .join: .invited
        case .sync, .watch: .enrolled
        case .health, .ready: .anybody
        case .metrics: .operators
        }
    }

    /// What it is for, in the words of the protocol.
    package var purpose: String {
        switch self {
        case .join: "section 13"
        case .sync: "section 14"
        case .watch: "section 19"
        case .health: "200, `text/plain`, `ok`: the process answers"
        case .ready: "200, `text/plain`, `ready`; or 503 and why requests should go elsewhere"
        case .metrics: "the text format of Prometheus, version 0.0.4"
        }
    }

    /// Whether it is answered at the listener for operators, too.
    var isForOperators: Bool { access == .anybody || access == .operators }

    /// As `Allow` lists the methods.
    package var allow: String { methods.joined(separator: ", ") }
}

extension Route.Access {
    /// In the words of the protocol.
    package var title: String {
        switch self {
        case .anybody: "anybody"
        case .invited: "whoever has the secret of an invite, or a device's certificate and join key"
        case .operators: "whoever has the operator's token, or reaches the listener that is for operators"
        case .enrolled: "a device that is enrolled and not revoked: `Authorization: Bearer TOKEN`"
        }
    }
}
