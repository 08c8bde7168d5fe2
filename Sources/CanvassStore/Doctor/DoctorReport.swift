/// What an examination of a replica file found, and what was done about it.
public struct DoctorReport: Sendable, Hashable {
    public struct Finding: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            /// SQLite's own checks of pages, indexes and references.
            case structure
            /// Who this replica is.
            case identity
            /// The id of a scope or of a replica, which the rows of the log refer to.
            case name
            /// A change of the log.
            case change
            /// The merged state of an entity.
            case entity
            /// The digest of a scope.
            case digest
            /// The last change of a branch.
            case tip
            /// A table beside the log, such as the members.
            case table
        }

        public enum Outcome: String, Sendable {
            /// Nothing was done: no repair was asked for, or none is possible.
            case found
            /// Made again from the log, or from another copy of the same fact.
            case repaired
            /// Taken out of the log and kept apart; the next sync fetches it anew if the relay holds it.
            case quarantined
            /// Could not be read.
            case lost
        }

        public var kind: Kind
        /// Where: "change KV3…:7 of responses/…", "page check".
        public var place: String
        /// What is wrong, in words.
        public var what: String
        public var outcome: Outcome
    }

    public var path: String
    /// Changes that were read from the log.
    public var changesRead: Int
    /// Changes whose hash, chain and context hold.
    public var changesSound: Int
    /// Entities that the sound changes make.
    public var entities: Int
    /// In the order in which they were come upon; the first `maximumFindings` of them.
    public private(set) var findings: [Finding]
    /// Findings past the first `maximumFindings`.
    public private(set) var furtherFindings: Int
    /// Own changes that were taken out of the log, or could not be read, and that the relay was not known to hold.
    public var unsyncedLost: Int
    /// Of those, how many were readable and have been made again, as new changes.
    public var madeAgain: Int
    /// Whether anything was written to the file.
    public var isRepaired: Bool

    public static let maximumFindings = 1_000

    public var isSound: Bool { findings.isEmpty }

    public init(path: String) {
        self.path = path
        changesRead = 0
        changesSound = 0
        entities = 0
        findings = []
        furtherFindings = 0
        unsyncedLost = 0
        madeAgain = 0
        isRepaired = false
    }

    package mutating func add(
        _ kind: Finding.Kind, _ place: String, _ what: String, _ outcome: Finding.Outcome = .found
    ) {
        guard findings.count < DoctorReport.maximumFindings else {
            furtherFindings += 1
            return
        }
        findings.append(Finding(kind: kind, place: place, what: what, outcome: outcome))
    }

    /// Says what a repair did about the findings: the log made the state anew, what it cannot vouch for is set apart.
    mutating func markRepaired() {
        isRepaired = true
        for index in findings.indices where findings[index].outcome == .found {
            findings[index].outcome = findings[index].kind == .identity ? .found : .repaired
        }
    }
}
