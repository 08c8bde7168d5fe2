package import CanvassCRDT
package import CanvassCoding

extension Segment {
    /// Frames a run of consecutive changes of one replica in one scope.
    ///
    /// The body is encoded by column, decoded again, and falls back to the plain codec if a single byte differs: what
    /// was acknowledged to a person must never depend on a clever encoding being right.
    ///
    /// - Parameters:
    ///   - changes: at least one; each follows the one before it on the chain.
    ///   - startingContext: the whole context of the change before the first of them.
    /// - Throws: `SegmentError.tooLarge` past the limits; the caller cuts shorter runs.
    package init(_ changes: [Change], startingContext: VersionVector, seals: Seals = Seals()) throws(SegmentError) {
        guard let first = changes.first, let last = changes.last else {
            preconditionFailure("a segment holds at least one change")
        }
        for (change, next) in zip(changes, changes.dropFirst()) {
            precondition(next.previous == change.hash, "the changes of a segment follow each other on one chain")
        }
        scope = first.scope
        replica = first.replica
        firstSequence = first.sequence
        count = changes.count
        self.startingContext = startingContext
        before = first.previous
        after = last.hash
        decodedByteCount = changes.reduce(0) { $0 + $1.head.count + ($1.body?.count ?? 0) }
        self.seals = seals
        guard count <= SegmentLimits.maximumCount, decodedByteCount <= SegmentLimits.maximumDecodedBytes else {
            throw SegmentError(.tooLarge, "\(count) changes of \(decodedByteCount) bytes")
        }
        let parts = changes.map(ChangeParts.init)
        if let columns = ColumnCodec.encode(parts),
            (try? ColumnCodec.decode(columns, count: count, byteCount: decodedByteCount)) == parts
        {
            codec = .columns
            body = columns
        } else {
            codec = .plain
            body = PlainCodec.encode(parts)
        }
    }

    /// Decodes the body and recomputes every hash.
    ///
    /// - Returns: the changes in the order of their chain.
    /// - Throws: `SegmentError` when one byte is not as the header says.
    package func changes() throws(SegmentError) -> [Change] {
        guard (firstSequence == 1) == (before == ChainHash.start(scope: scope, replica: replica)) else {
            throw SegmentError(.hashMismatch, "the chain of \(replica) starts elsewhere")
        }
        let parts: [ChangeParts]
        do {
            switch codec {
            case .plain: parts = try PlainCodec.decode(body, count: count)
            case .columns: parts = try ColumnCodec.decode(body, count: count, byteCount: decodedByteCount)
            }
        } catch {
            throw SegmentError(error)
        }
        guard parts.count == count else { throw SegmentError(.malformed, "the count is wrong") }
        guard parts.reduce(0, { $0 + $1.byteCount }) == decodedByteCount else {
            throw SegmentError(.malformed, "the decoded size is wrong")
        }
        var changes: [Change] = []
        changes.reserveCapacity(count)
        var previous = before
        for (index, part) in parts.enumerated() {
            guard part.byteCount <= ChangeLimits.maximumBytes else {
                throw SegmentError(.tooLarge, "a change of \(part.byteCount) bytes")
            }
            let change = part.change(
                scope: scope, replica: replica, sequence: firstSequence + UInt64(index), previous: previous)
            previous = change.hash
            changes.append(change)
        }
        guard previous == after else {
            throw SegmentError(.hashMismatch, "the chain of \(replica) does not end as the header says")
        }
        return changes
    }
}

/// The parts of a change that a segment's body carries; the rest follows from the header and the chain.
package struct ChangeParts: Sendable, Hashable {
    package var head: [UInt8]
    package var body: ChangeBodyBytes

    /// The encoded operations, or the hash of operations that were dropped.
    package enum ChangeBodyBytes: Sendable, Hashable {
        case present([UInt8])
        case dropped(SHA256.Digest)
    }

    package init(head: [UInt8], body: ChangeBodyBytes) {
        self.head = head
        self.body = body
    }

    init(_ change: Change) {
        self.init(head: change.head, body: change.body.map { .present($0) } ?? .dropped(change.bodyHash))
    }

    var byteCount: Int {
        switch body {
        case .present(let bytes): head.count + bytes.count
        case .dropped: head.count
        }
    }

    func change(scope: ScopeID, replica: ReplicaID, sequence: UInt64, previous: ChainHash) -> Change {
        switch body {
        case .present(let bytes):
            Change(scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, body: bytes)
        case .dropped(let hash):
            Change(scope: scope, replica: replica, sequence: sequence, previous: previous, head: head, bodyHash: hash)
        }
    }
}
