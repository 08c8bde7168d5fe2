import CanvassSync
import CanvassWire

extension CanvassError {
    init(_ failure: SyncFailure, relay: String) {
        switch failure {
        case .unreachable(let reason):
            self.init(
                .relayUnreachable, "The relay at \(relay) cannot be reached (\(reason))",
                remedy: "Check the network and the address. Nothing is lost: sync again later.")
        case .interrupted(let reason):
            self.init(
                .interrupted, "The connection to \(relay) broke (\(reason))",
                remedy: "Nothing is lost: sync again, it goes on where it stopped.")
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
        let message = "The relay at \(relay) refused: \(problem.detail)"
        switch problem.kind {
        case .unknownToken:
            self.init(.relayRefused, message, remedy: "Ask for a new invite and join again; your data stay here.")
        case .deviceRevoked:
            self.init(
                .relayRefused, "This device has been revoked by the relay at \(relay)",
                remedy: "Ask an admin. What was not synced stays in this replica.")
        case .inviteUnknown, .inviteExpired, .inviteUsedUp:
            self.init(.relayRefused, message, remedy: "Ask for a new invite.")
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
            self.init(.relayRefused, message, remedy: "Tell the operator. Nothing is lost: sync again later.")
        case .malformedRequest, .notFound, .methodNotAllowed, .tooLarge:
            self.init(.relayRefused, message, remedy: "Check that both sides have the same version of Canvass.")
        }
    }
}
