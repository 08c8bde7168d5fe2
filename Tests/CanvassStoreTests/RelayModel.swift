import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassWire

/// The smallest relay that keeps the promises of the protocol: an append-only list of segments with the vectors that
/// follow from it. It takes a segment whole, in part where it holds the beginning, or not at all, and only from the device
/// that made it or under a seal.
struct RelayModel {
    /// The keys of the devices that it knows.
    var devices: [EntityID: [UInt8]] = [:]
    /// What its last backup holds; nil without one.
    var backup: UInt64?
    /// Another one makes every device fetch its roster again.
    var rosterPosition: UInt64 = 0
    private let sealKey: [UInt8] = Array(repeating: 7, count: 32)
    private struct Entry {
        let scope: ScopeID
        let changes: [Change]
        let bytes: [UInt8]
        /// The hash of the log up to here.
        let rolling: UInt64
    }

    private struct Key: Hashable {
        let scope: ScopeID
        let dot: Dot
    }

    private struct Told: Hashable {
        let scope: ScopeID
        let vector: VersionVector
    }

    private var log: [Entry] = []
    private var held: Set<Key> = []
    private var hashes: [Key: ChainHash] = [:]
    private var vectors: [ScopeID: VersionVector] = [:]
    private var digests: [Told: StateDigest] = [:]
    static let organisation = EntityID.sample(500)
    private(set) var appended = 0
    private(set) var received = 0

    /// The relay as it was with the first `count` entries: restored from a backup.
    mutating func restore(entries count: Int) {
        let kept = log.prefix(count)
        log = []
        held = []
        hashes = [:]
        appended = 0
        vectors = [:]
        for entry in kept { append(entry.scope, entry.changes, entry.bytes) }
    }

    var entryCount: Int { log.count }

    func holds(_ dot: Dot, in scope: ScopeID) -> Bool { held.contains(Key(scope: scope, dot: dot)) }

    /// - Parameters:
    ///   - device: who asks.
    ///   - grants: the scopes that the asking device may read, each with the position of its grant.
    mutating func handle(
        _ request: SyncRequest, from device: EntityID, grants: [ScopeID: UInt64], time: Int64
    ) -> SyncAnswer {
        let roster = max(rosterPosition, grants.values.max() ?? 0)
        guard let position = position(of: request.bookmark) else { return SyncAnswer(isReset: true, time: time) }
        var answer = SyncAnswer(time: time)
        var touched = Set(request.vectors.map(\.scope)).intersection(grants.keys)
        for report in request.reports {
            digests[Told(scope: report.scope, vector: report.vector)] = report.digest
        }
        for (item, bytes) in request.push.enumerated() {
            guard let segment = try? Segment(decoding: bytes), let changes = try? segment.changes() else {
                preconditionFailure("a replica pushed what cannot be read")
            }
            touched.insert(segment.scope)
            received += changes.count
            let refusal =
                judge(segment, changes, device, item: UInt64(item))
                ?? take(segment, changes, bytes, item: UInt64(item))
            if let refusal { answer.refused.append(refusal) }
        }
        var page = Page(limit: Int(request.pageBytes))
        for asked in request.vectors where grants[asked.scope] != nil {
            let known = ancestors(of: asked.vector, in: asked.scope)
            let missing = log[..<position].filter { entry in
                entry.scope == asked.scope && !entry.changes.allSatisfy { known.contains($0.dot) }
            }
            if missing.allSatisfy({ page.add($0.bytes) }) { answer.covered.append(asked.scope) }
        }
        // A bookmark covers what was granted when it was made; what was granted since is asked for by vector.
        let isFirst = request.bookmark == nil
        let asked = Set(request.vectors.map(\.scope))
        let covered = Set(
            grants.filter { (isFirst || $0.value <= request.roster) && !asked.contains($0.key) }.keys
        ).union(answer.covered)
        var end = position
        while end < log.count, !page.isFull {
            let entry = log[end]
            if covered.contains(entry.scope) {
                guard page.add(entry.bytes) else { break }
                touched.insert(entry.scope)
            }
            end += 1
        }
        answer.segments = page.segments
        answer.more = end < log.count || page.isFull
        answer.bookmark = bookmark(at: end)
        answer.scopes = touched.sorted().map { scope in
            let vector = vectors[scope] ?? VersionVector()
            return ScopeReport(scope: scope, vector: vector, digest: digests[Told(scope: scope, vector: vector)])
        }
        answer.position = UInt64(appended)
        answer.backup = backup
        answer.seals = answer.scopes.flatMap { report in
            report.vector.dots.compactMap { dot in
                hashes[Key(scope: report.scope, dot: dot)].map { hash in
                    let voids = VoidList.hash([])
                    return TipSeal(
                        scope: report.scope, dot: dot,
                        seal: Seal.relay(report.scope, hash, voidListHash: voids, key: sealKey), voidListHash: voids)
                }
            }
        }
        if request.roster < roster {
            answer.roster = Roster(
                position: roster, organisation: RelayModel.organisation, own: [],
                scopes: grants.keys.sorted().map { ScopeOwner(scope: $0, campaign: .sample(501)) }, people: [],
                teams: [])
        }
        return answer
    }

    private struct Page {
        let limit: Int
        var segments: [[UInt8]] = []
        var isFull = false
        private var byteCount = 0

        init(limit: Int) { self.limit = limit }

        /// One segment always fits, or a sync would never get on.
        mutating func add(_ bytes: [UInt8]) -> Bool {
            guard !isFull, segments.isEmpty || byteCount + bytes.count <= limit else {
                isFull = true
                return false
            }
            byteCount += bytes.count
            segments.append(bytes)
            return true
        }
    }

    private func bookmark(at position: Int) -> [UInt8] {
        bigEndianBytes(UInt64(position)) + bigEndianBytes(position == 0 ? 0 : log[position - 1].rolling)
    }

    /// Nil for a bookmark that is not of this log.
    private func position(of bookmark: [UInt8]?) -> Int? {
        guard let bookmark else { return 0 }
        guard bookmark.count == 16, let position = Int(exactly: bigEndianInteger(bookmark[..<8])),
            position <= log.count, self.bookmark(at: position) == bookmark
        else { return nil }
        return position
    }

    /// Who made the changes, or a seal, lets them in.
    private func judge(
        _ segment: Segment, _ changes: [Change], _ device: EntityID, item: UInt64
    ) -> SyncAnswer.Refusal? {
        let authors = Set(changes.compactMap { try? ChangeHead(decoding: $0.head).author })
        if authors == [device] { return nil }
        if let seal = segment.seals.relay, let voids = segment.seals.voidListHash,
            seal == Seal.relay(segment.scope, segment.after, voidListHash: voids, key: sealKey)
        {
            return nil
        }
        var reason = RefusalReason.unproven
        if authors.count == 1, let author = authors.first, let seal = segment.seals.device {
            if let key = devices[author] {
                if seal == Seal.device(segment.scope, segment.after, key: key) { return nil }
            } else {
                reason = .unknownAuthor
            }
        }
        return .init(
            scope: segment.scope, replica: segment.replica, firstSequence: segment.firstSequence, item: item,
            reason: reason.rawValue, detail: "")
    }

    private mutating func take(
        _ segment: Segment, _ changes: [Change], _ whole: [UInt8], item: UInt64
    ) -> SyncAnswer.Refusal? {
        let new = changes.drop { holds($0.dot, in: $0.scope) }
        guard let first = new.first else { return nil }
        var taken: Set<Dot> = []
        var context = segment.startingContext
        for change in changes {
            guard let head = try? ChangeHead(decoding: change.head) else { preconditionFailure("a head is damaged") }
            if change == first { break }
            context.apply(head.contextDifference)
        }
        for change in new {
            guard let head = try? ChangeHead(decoding: change.head) else { preconditionFailure("a head is damaged") }
            let before = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
            let needed = head.contextDifference.dots + (change.sequence == 1 ? [] : [before])
            guard needed.allSatisfy({ taken.contains($0) || holds($0, in: change.scope) }) else {
                return .init(
                    scope: change.scope, replica: change.replica, firstSequence: segment.firstSequence, item: item,
                    reason: RefusalReason.gap.rawValue, detail: "\(change.dot)")
            }
            taken.insert(change.dot)
        }
        let rest = try? Segment(Array(new), startingContext: context, seals: segment.seals).encoded
        guard let bytes = new.count == changes.count ? whole : rest else {
            preconditionFailure("a part of a segment is no segment")
        }
        append(segment.scope, Array(new), bytes)
        return nil
    }

    private mutating func append(_ scope: ScopeID, _ changes: [Change], _ bytes: [UInt8]) {
        for change in changes {
            held.insert(Key(scope: scope, dot: change.dot))
            hashes[Key(scope: scope, dot: change.dot)] = change.hash
            vectors[scope, default: VersionVector()].advance(to: change.dot, after: change.previous.check)
        }
        let rolling = SipHash.hash(bigEndianBytes(log.last?.rolling ?? 0) + bytes)
        log.append(Entry(scope: scope, changes: changes, bytes: bytes, rolling: rolling))
        appended += changes.count
    }

    /// Every change that lies at or before a tip of the vector.
    private func ancestors(of vector: VersionVector, in scope: ScopeID) -> Set<Dot> {
        var known = Set(vector.dots)
        for change in log.reversed().flatMap({ $0.scope == scope ? $0.changes.reversed() : [] })
        where known.contains(change.dot) {
            known.insert(
                Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check))
        }
        return known
    }
}
