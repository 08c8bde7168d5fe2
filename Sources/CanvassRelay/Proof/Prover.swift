import CanvassCRDT
import CanvassCoding
import CanvassWire

/// What lets the changes of a pushed segment in.
enum Proof {
    /// The pushing device made all of them.
    case own(Author)
    /// One other device did, and its seal holds.
    case device(Author)
    /// A relay of this organisation took them once.
    case relay

    /// The device whose rights count; nil where they were judged before.
    var author: Author? {
        switch self {
        case .own(let author), .device(let author): author
        case .relay: nil
        }
    }
}

/// Finds out who vouches for a pushed segment, so that any carrier may bring it.
struct Prover {
    let caller: Caller
    let identity: RelayIdentity
    let milliseconds: Int64
    /// Whether the operator takes what revoked devices and members made.
    let acceptsRevoked: Bool
    /// Those that came with the push and whose seal holds, by device.
    private let certificates: [EntityID: Certificate]

    /// - Parameter certificates: encoded; what is not one of this organisation is passed over.
    init(
        caller: Caller, identity: RelayIdentity, certificates: [[UInt8]], milliseconds: Int64, acceptsRevoked: Bool
    ) {
        self.caller = caller
        self.identity = identity
        self.milliseconds = milliseconds
        self.acceptsRevoked = acceptsRevoked
        var known: [EntityID: Certificate] = [:]
        for bytes in certificates {
            guard let certificate = identity.certificate(bytes), !certificate.members.isEmpty else { continue }
            if let other = known[certificate.device], other.issued >= certificate.issued { continue }
            known[certificate.device] = certificate
        }
        self.certificates = known
    }

    /// Whether the relay's seal on the end of a segment holds, for the void list that came with it.
    func isSealedByRelay(_ segment: Segment) -> Bool {
        guard let seal = segment.seals.relay, let voids = segment.seals.voidListHash else { return false }
        #if PLANTED_BUGS
            if planted(.relaySealNotChecked) { return true }
        #endif
        return constantTimeEquals(
            seal, Seal.relay(segment.scope, segment.after, voidListHash: voids, key: identity.key.sealKey))
    }

    /// Who vouches for changes of others.
    ///
    /// A device that is not known here, but whose certificate came along, is enrolled.
    ///
    /// - Throws: `Refused` with `unproven` or `unknown-author`.
    func proof(
        of segment: Segment, by authors: Set<EntityID>, in connection: inout LogConnection
    ) throws -> Proof {
        if isSealedByRelay(segment) { return .relay }
        guard authors.count == 1, let device = authors.first, device != identity.organisation else {
            throw Refused(
                .unproven,
                "the segment holds changes of several devices or of the relay, and the relay's own seal on its end does "
                    + "not hold: sync the devices that made them")
        }
        guard let seal = segment.seals.device else {
            throw Refused(
                .unproven,
                "device \(device) made these changes, \(caller.device) pushed them, and no seal says who is right: sync "
                    + "the device that made them")
        }
        if let author = try connection.author(device) {
            try check(seal, of: segment, author.device, author.tokenHash)
            guard acceptsRevoked, author.isRevoked else { return .device(author) }
            return .device(try connection.authorBeforeRevocation(author))
        }
        guard let certificate = certificates[device] else {
            throw Refused(
                .unknownAuthor,
                "device \(device), which made these changes, is not known here yet; they are taken once it is")
        }
        try check(seal, of: segment, device, certificate.tokenHash)
        try connection.enrol(certificate, as: identity, at: milliseconds)
        guard let author = try connection.author(device) else { throw DamagedLog(what: "device \(device) is missing") }
        return .device(author)
    }

    private func check(_ seal: [UInt8], of segment: Segment, _ device: EntityID, _ tokenHash: [UInt8]) throws(Refused) {
        #if PLANTED_BUGS
            if planted(.deviceSealNotChecked) { return }
        #endif
        let key = identity.key.deviceKey(device: device, tokenHash: tokenHash)
        guard constantTimeEquals(seal, Seal.device(segment.scope, segment.after, key: key)) else {
            throw Refused(
                .unproven, "the seal of device \(device) on these changes does not hold: sync the device that made them"
            )
        }
    }
}
