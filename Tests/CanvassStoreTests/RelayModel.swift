import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassWire

/// The smallest relay that keeps the promises of the protocol: an append-only list of segments with the vectors that
/// follow from it. It takes a segment whole, in part where it holds the beginning, or not at all.
struct RelayModel {
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
    private var vectors: [ScopeID: VersionVector] = [:]
    private var digests: [Told: StateDigest] = [:]
    private let organisation = EntityID.sample(500)
    private(set) var appended = 0

    /// The relay as it was with the first `count` entries: restored from a backup.
    mutating func restore(entries count: Int) {
        let kept = log.prefix(count)
        log = []
        held = []
        vectors = [:]
        for entry in kept { append(entry.scope, entry.changes, entry.bytes) }
    }

    var entryCount: Int { log.count }

    func holds(_ dot: Dot, in scope: ScopeID) -> Bool { held.contains(Key(scope: scope, dot: dot)) }

    /// - Parameters:
    ///   - grants: the scopes that the asking device may read, each with the position of its grant.
    mutating func handle(_ request: SyncRequest, grants: [ScopeID: UInt64], time: Int64) -> SyncAnswer {
        let roster = grants.values.max() ?? 0
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
            if let refusal = take(segment, changes, item: UInt64(item)) { answer.refused.append(refusal) }
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
        if request.roster < roster {
            answer.roster = Roster(
                position: roster, organisation: organisation, own: [],
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

    private mutating func take(_ segment: Segment, _ changes: [Change], item: UInt64) -> SyncAnswer.Refusal? {
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
        guard let bytes = try? Segment(Array(new), startingContext: context).encoded else {
            preconditionFailure("a part of a segment is no segment")
        }
        append(segment.scope, Array(new), bytes)
        return nil
    }

    private mutating func append(_ scope: ScopeID, _ changes: [Change], _ bytes: [UInt8]) {
        for change in changes {
            held.insert(Key(scope: scope, dot: change.dot))
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
