import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// What the relay knows it lacks of its roster.
///
/// A relay that was restored or wiped may lack a revocation. So it answers only admins from the moment when a device presents
/// a seal on more of the roster than is there, until an admin has brought it back.
enum MissingRoster {
    /// The relay was wiped; how much there was nobody has told yet.
    case unknown
    case upTo(RosterSeal)
}

extension LogConnection {
    /// Nil where nothing is known to be missing.
    mutating func missingRoster(as identity: RelayIdentity) throws -> MissingRoster? {
        guard case .blob(let bytes) = try meta(.missingRoster) else { return nil }
        #if PLANTED_BUGS
            if planted(.missingRosterIgnored) { return nil }
        #endif
        guard let seal = RosterSeal(unchecked: bytes) else { return .unknown }
        return try holds(seal, as: identity) ? nil : .upTo(seal)
    }

    /// Whether a seal that a device presents is on more than the roster holds, and than is known to be missing.
    ///
    /// One that the relay did not make says nothing, and neither does one that the operator gave up.
    mutating func news(in presented: [UInt8]?, as identity: RelayIdentity) throws -> RosterSeal? {
        guard let presented else { return nil }
        if case .blob(let own) = try meta(.rosterSeal), own == presented { return nil }
        guard let seal = RosterSeal(unchecked: presented),
            seal.isMade(by: identity.organisation, key: identity.key.sealKey),
            Int64(clamping: seal.changeCount) > (try metaInteger(.rosterGivenUp)), try !holds(seal, as: identity)
        else { return nil }
        if case .upTo(let known) = try missingRoster(as: identity), known.changeCount >= seal.changeCount { return nil }
        return seal
    }

    /// Forgets what was missing once it is back.
    mutating func settleMissingRoster(as identity: RelayIdentity) throws {
        guard try meta(.missingRoster) != nil, try missingRoster(as: identity) == nil else { return }
        try removeMeta(.missingRoster)
    }

    /// Gives up what is missing of the roster: the relay goes on with what it has.
    ///
    /// - Returns: whether anything was.
    mutating func acceptRoster(as identity: RelayIdentity) throws -> Bool {
        guard let missing = try missingRoster(as: identity) else { return false }
        if case .upTo(let seal) = missing {
            try setMeta(.rosterGivenUp, .integer(Int64(clamping: seal.changeCount)))
        }
        try removeMeta(.missingRoster)
        return true
    }

    /// Whether the roster goes at least as far as a seal.
    mutating func holds(_ seal: RosterSeal, as identity: RelayIdentity) throws -> Bool {
        guard let scope = try scope(identity.rosterScope) else { return false }
        return try branch(holding: seal.tip, among: branches(of: seal.tip.replica, in: scope)) != nil
    }
}

extension Relay {
    /// Goes on with the roster as it is, though devices have seen more of it.
    ///
    /// - Returns: whether anything was missing.
    package func acceptRoster() throws -> Bool {
        try database.write { connection in try connection.acceptRoster(as: identity) }
    }

    /// Whether an admin's device has to bring the roster back before others are answered.
    package func isRecovering() throws -> Bool {
        try database.read { connection in try connection.missingRoster(as: identity) != nil }
    }
}

extension Problem {
    static let recoveringRoster = Problem(
        .recovering,
        "The relay lost some of its roster, and answers only admins until one has synced. Nothing is lost on this device: "
            + "sync again later.")
}
