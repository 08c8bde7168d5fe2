package import CanvassCoding

/// What one replica did at once in one scope, with its place in the replica's chain.
///
/// Head and body are kept in their encoded form, which is what the chain hash covers; a body that was erased is nil and
/// leaves its hash behind (rule 9).
public struct Change: Sendable, Hashable {
    public let scope: ScopeID
    public let replica: ReplicaID
    public let sequence: UInt64
    public let head: [UInt8]
    public let body: [UInt8]?
    package let bodyHash: SHA256.Digest
    /// The chain hash of the change before it.
    public let previous: ChainHash
    /// The chain hash of this change.
    public let hash: ChainHash

    public var dot: Dot { Dot(replica: replica, sequence: sequence, check: hash.check) }

    /// The same change as it is kept once a mark voids it: with the hash of its body alone.
    package var withoutBody: Change {
        Change(
            scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, bodyHash: bodyHash)
    }

    /// A change of which the body is here; its hashes are computed.
    package init(
        scope: ScopeID, replica: ReplicaID, sequence: UInt64, previous: ChainHash, head: [UInt8], body: [UInt8]
    ) {
        self.init(
            scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, body: body,
            bodyHash: SHA256.digest(of: body))
    }

    /// A change whose body was dropped because a mark voids it.
    package init(
        scope: ScopeID, replica: ReplicaID, sequence: UInt64, previous: ChainHash, head: [UInt8],
        bodyHash: SHA256.Digest
    ) {
        self.init(
            scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, body: nil,
            bodyHash: bodyHash)
    }

    private init(
        scope: ScopeID, replica: ReplicaID, sequence: UInt64, previous: ChainHash, head: [UInt8], body: [UInt8]?,
        bodyHash: SHA256.Digest
    ) {
        self.scope = scope
        self.replica = replica
        self.sequence = sequence
        self.previous = previous
        self.head = head
        self.body = body
        self.bodyHash = bodyHash
        hash = previous.next(headHash: SHA256.digest(of: head), bodyHash: bodyHash)
    }
}

/// The bounds that a change keeps on the wire (design, section 4).
package enum ChangeLimits {
    /// Bytes of the encoded head and body together.
    package static let maximumBytes = 64 * 1024
}
