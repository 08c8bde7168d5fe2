/// Why something could not be done, for a person: what happened, and what to do next.
///
///     do {
///         try await replica.sync()
///     } catch let error as CanvassError {
///         print(error.message, error.remedy)
///     }
public struct CanvassError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case replicaMissing = "replica-missing"
        /// Making the replica was cut short; it can be made again at the same path.
        case replicaUnfinished = "replica-unfinished"
        case replicaExists = "replica-exists"
        case replicaUnusable = "replica-unusable"
        case replicaNewer = "replica-newer"
        case replicaDamaged = "replica-damaged"
        /// Another program was writing to the file for longer than this one waits.
        case replicaBusy = "replica-busy"
        case notFound = "not-found"
        case ambiguous
        case invalidInput = "invalid-input"
        case notJoined = "not-joined"
        case notPermitted = "not-permitted"
        case relayUnreachable = "relay-unreachable"
        case inviteUnknown = "invite-unknown"
        case inviteExpired = "invite-expired"
        case inviteUsedUp = "invite-used-up"
        case deviceRevoked = "device-revoked"
        /// The relay does not know this device: it is another one than it joined, or it lost its data.
        case tokenUnknown = "token-unknown"
        case relayRefused = "relay-refused"
        case interrupted
        case queryFailed = "query-failed"
        case storage
    }

    public var code: Code
    /// One sentence without a full stop: what happened, and where.
    public var message: String
    /// What to do next.
    public var remedy: String

    public init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message). \(remedy)" }
}
