import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// Who the relay is: fixed when its database was made.
struct RelayIdentity: Sendable {
    let organisation: EntityID
    /// The replica whose changes fill the roster; the organisation's id stands as their author.
    let replica: ReplicaID
    let key: OrganisationKey

    var rosterScope: ScopeID { ScopeID(.roster, organisation) }
}

extension LogConnection {
    /// The identity in the database.
    mutating func identity() throws -> RelayIdentity? {
        guard case .blob(let organisation) = try meta(.organisation), case .blob(let key) = try meta(.organisationKey),
            case .integer(let replica) = try meta(.replica)
        else { return nil }
        return RelayIdentity(
            organisation: try stored("the organisation") { try EntityID(bytes: organisation) },
            replica: ReplicaID(rawValue: UInt64(bitPattern: replica)), key: OrganisationKey(bytes: key))
    }

    /// Makes the identity of a new database.
    ///
    /// - Parameter sheet: of the relay that it takes the place of.
    mutating func createIdentity(_ environment: RelayEnvironment, from sheet: RecoverySheet?) throws -> RelayIdentity {
        var generator = environment
        let identity = RelayIdentity(
            organisation: sheet?.organisation ?? EntityID(milliseconds: environment.now(), using: &generator),
            replica: ReplicaID(using: &generator),
            key: OrganisationKey(bytes: sheet?.key ?? environment.randomBytes(OrganisationKey.byteCount)))
        if sheet != nil { try setMeta(.missingRoster, .blob([])) }
        try setMeta(.organisation, .blob(identity.organisation.bytes))
        try setMeta(.organisationKey, .blob(identity.key.bytes))
        try setMeta(.replica, .integer(Int64(bitPattern: identity.replica.rawValue)))
        try createScope(identity.rosterScope, campaign: nil)
        return identity
    }
}
