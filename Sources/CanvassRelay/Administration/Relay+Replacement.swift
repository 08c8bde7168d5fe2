import CanvassCRDT

/// A device that got, or will get, something in place of what was lost.
package struct ReplacedDevice: Sendable {
    /// The whole id.
    package let device: String
    /// The names of all that it acts for.
    package let name: String
    /// A link for each member that the device acted for; none where only its token was replaced.
    package let links: [(name: String, invite: IssuedInvite)]
}

extension Relay {
    /// Ends the token of a device, which gets another at its next contact, by itself.
    ///
    /// - Parameter text: the device's id, or so much of its beginning that no other has it.
    /// - Throws: `RelayFailure` unless exactly one device fits, and it has not been revoked.
    package func rotate(_ text: String) throws -> ReplacedDevice {
        try database.write { connection in
            let device = try RosterIDs(&connection).onlyDevice(text)
            guard !device.isRevoked else {
                throw RelayFailure(
                    "device \(device.id) has been revoked",
                    remedy: "make a link for a new one with `canvass-relay replace`")
            }
            let (count, overflow) = try connection.rotation(of: device.id).addingReportingOverflow(1)
            guard !overflow else { throw DamagedLog(what: "the token of \(device.id) was replaced too often") }
            try connection.raiseRotation(of: device.id, to: count)
            try connection.record(
                [RosterEdit.rotation(of: device.id, count)], concerning: [], as: identity, at: environment.now())
            return ReplacedDevice(device: device.id.description, name: device.name, links: [])
        }
    }

    /// Revokes a device that is lost, and makes a link for each of its members to go on with another one. What the members
    /// may reach belongs to them, so the new device gets it all.
    ///
    /// - Parameter common: expiry and address of the links.
    /// - Throws: `RelayFailure` unless exactly one device fits, and somebody is left whom it acts for.
    package func replace(_ text: String, common: InviteOrder) throws -> ReplacedDevice {
        try database.write { connection in
            let device = try RosterIDs(&connection).onlyDevice(text)
            let members = try connection.memberships(of: device.id).map(\.member)
            guard !members.isEmpty else {
                throw RelayFailure(
                    "everybody whom device \(device.id) acted for has been revoked",
                    remedy: "invite them anew with `canvass-relay invite`")
            }
            let now = environment.now()
            try revoke(device, at: now, in: &connection)
            try connection.stopAwaitingRevoked(as: identity, at: now)
            let links = try members.map { member in
                let order = InviteOrder(
                    roles: [], member: member.description, validMilliseconds: common.validMilliseconds,
                    publicURL: common.publicURL)
                let name = try connection.member(member)?.name ?? member.description
                return (name: name, invite: try issue(order, in: &connection))
            }
            return ReplacedDevice(device: device.id.description, name: device.name, links: links)
        }
    }
}
