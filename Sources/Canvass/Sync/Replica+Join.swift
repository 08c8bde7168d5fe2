public import CanvassCRDT
import CanvassHTTPClient
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

/// Whom this device has become by joining.
public struct Enrolment: Sendable, Hashable {
    public var relay: String
    public var organisation: EntityID
    public var member: EntityID
    public var name: String
}

extension Replica {
    /// Enrols this device with the link of an invite.
    ///
    /// The device chose a key of its own when it was made, so a join whose answer was lost can be repeated.
    ///
    /// - Parameters:
    ///   - link: `https://HOST/join#SECRET`; the secret is never part of what a server logs.
    ///   - name: how the person wants to be named, unless the invite says.
    @discardableResult
    public func join(
        _ link: String, name: String? = nil, language: String? = nil
    ) async throws(CanvassError) -> Enrolment {
        let (invite, transport) = try Replica.read(link)
        try requireWritable()
        let (joinKey, organisation) = try read { connection in
            (try connection.metaBytes(.joinKey) ?? [], try connection.metaBytes(.organisation))
        }
        let request = JoinRequest(
            invite: invite.secret, device: device, replica: id, joinKey: joinKey, name: name, language: language,
            organisation: organisation.flatMap { try? EntityID(bytes: $0) })
        let answer: JoinAnswer
        do {
            answer = try await transport.join(request)
        } catch {
            throw CanvassError(error, relay: invite.relay, during: .join)
        }
        try keep(answer, from: invite.relay)
        return Enrolment(
            relay: invite.relay, organisation: answer.organisation, member: answer.member, name: answer.name)
    }

    /// Checks the form of an invite's link, before anything is made for it.
    package static func checkInvite(_ link: String) throws(CanvassError) { _ = try read(link) }

    private static func read(_ link: String) throws(CanvassError) -> (InviteLink, HTTPTransport) {
        guard let invite = InviteLink(link), let transport = HTTPTransport(address: invite.relay) else {
            // The secret behind the "#" stays out of the message: messages end up in logs.
            throw CanvassError(
                .invalidInput, "\"\(link.prefix { $0 != "#" })\" is no address of an invite",
                remedy: "A link looks like https://HOST/join#SECRET; quote it, since # means something to the shell.")
        }
        return (invite, transport)
    }

    private func keep(_ answer: JoinAnswer, from relay: String) throws(CanvassError) {
        try explaining {
            try store.database.write { connection in
                let organisation = try connection.metaBytes(.organisation)
                if let organisation, organisation != answer.organisation.bytes {
                    throw CanvassError(
                        .notPermitted, "This replica belongs to another organisation",
                        remedy: "Make a replica of its own for this one: canvass init --replica FILE")
                }
                try connection.setMeta(.relay, .text(relay))
                try connection.keep(answer)
            }
        }
    }

    /// Comes back, with the certificate of this device, to a relay that does not know it any more.
    ///
    /// - Returns: the token from now on; nil where there is no certificate, or the relay does not take it.
    func joinAgain(over transport: some RelayTransport, relay: String) async throws(CanvassError) -> String? {
        let (joinKey, organisation, certificate) = try read { connection in
            (
                try connection.metaBytes(.joinKey) ?? [], try connection.metaBytes(.organisation),
                try connection.metaBytes(.certificate)
            )
        }
        guard let certificate, !certificate.isEmpty else { return nil }
        let request = JoinRequest(
            invite: "", device: device, replica: id, joinKey: joinKey, name: nil, language: nil,
            organisation: organisation.flatMap { try? EntityID(bytes: $0) }, certificate: certificate)
        let answer: JoinAnswer
        do {
            answer = try await transport.join(request)
        } catch .refused(let problem) where problem.kind == .inviteUnknown {
            return nil
        } catch {
            throw CanvassError(error, relay: relay, during: .sync)
        }
        try keep(answer, from: relay)
        return answer.token
    }
}

/// `http(s)://HOST[:PORT][/PATH]/join#SECRET`.
struct InviteLink {
    let relay: String
    let secret: String

    init?(_ link: String) {
        let parts = link.split(separator: "#", maxSplits: 1)
        guard parts.count == 2, parts[0].hasSuffix("/join") else { return nil }
        relay = String(parts[0].dropLast("/join".count))
        secret = String(parts[1])
    }
}
