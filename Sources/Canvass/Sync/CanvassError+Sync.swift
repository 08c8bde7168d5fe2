import CanvassSync
import CanvassWire

extension CanvassError {
    /// What a person was doing when it failed; the remedies differ.
    enum Exchange {
        case join, sync
    }

    init(_ failure: SyncFailure, relay: String, during exchange: Exchange) {
        switch failure {
        case .unreachable(let reason):
            self.init(
                .relayUnreachable, "The relay at \(relay) cannot be reached (\(reason))",
                remedy: exchange == .join
                    ? "Check the network and the address, and open the link again. The invite is still good."
                    : "Check the network and the address. Nothing is lost: sync again later.")
        case .interrupted(let reason):
            self.init(
                .interrupted, "The connection to \(relay) broke (\(reason))",
                remedy: exchange == .join
                    ? "Join again with the same link: it stays good for this device."
                    : "Nothing is lost: sync again, it goes on where it stopped.")
        case .notARelay(let reason):
            self.init(
                .relayUnreachable, "What answers at \(relay) is no Canvass relay: \(reason)",
                remedy: "Check the address; a captive portal or a proxy may stand in between.")
        case .refused(let problem): self.init(problem, relay: relay)
        case .invalidAnswer(let reason):
            self.init(
                .relayRefused, "The answer of \(relay) cannot be used: \(reason)",
                remedy: "Nothing was changed. Try again; if it stays, tell the operator.")
        case .stalled:
            self.init(
                .relayRefused, "The relay at \(relay) says that more is waiting but sends nothing",
                remedy: "Try again; if it stays, tell the operator.")
        }
    }

    private init(_ problem: Problem, relay: String) {
        let title = problem.kind.title
        let words = problem.detail.hasSuffix(".") ? String(problem.detail.dropLast()) : problem.detail
        let detail = words == title || words.isEmpty ? "" : " (\(words))"
        let message = "The relay at \(relay) refused: \(title)\(detail)"
        switch problem.kind {
        case .unknownToken:
            self.init(
                // Without the detail: joining again would make the replica another device's.
                .tokenUnknown, "The relay at \(relay) refused: \(title)",
                remedy: """
                    The relay is another one than this device joined, or it lost its data: ask its operator. \
                    Everything stays in this replica.
                    """)
        case .deviceRevoked:
            self.init(.deviceRevoked, message, remedy: "Ask an admin. What was not synced stays in this replica.")
        case .inviteUnknown:
            self.init(.inviteUnknown, message, remedy: "Check that the link is whole, or ask for a new invite.")
        case .inviteExpired: self.init(.inviteExpired, message, remedy: "Ask for a new invite.")
        case .inviteUsedUp: self.init(.inviteUsedUp, message, remedy: "Ask for a new invite.")
        case .otherOrganisation:
            self.init(
                .notPermitted, "This replica belongs to another organisation than the relay at \(relay)",
                remedy: "Make a replica of its own for this one: canvass init --replica FILE")
        case .joinKeyMismatch:
            self.init(
                .relayRefused, message,
                remedy: "This file may be a copy: make a replica of its own with 'canvass init' and join with that.")
        case .unsupportedVersion:
            self.init(.relayRefused, message, remedy: "Update Canvass on this device or on the relay.")
        case .storageFull, .internalError:
            self.init(.relayRefused, message, remedy: "Tell the operator. Nothing is lost: try again later.")
        case .tooManyRequests:
            self.init(.relayRefused, message, remedy: "Nothing is lost: sync again a little later.")
        case .recovering:
            self.init(
                .relayRefused, message,
                remedy: "Nothing is lost: sync again when an admin has synced, who brings the roster back.")
        case .malformedRequest, .notFound, .methodNotAllowed, .tooLarge:
            self.init(.relayRefused, message, remedy: "Check that both sides have the same version of Canvass.")
        }
    }
}
