import CanvassCRDT
import CanvassWire
import Testing

/// A client that does what the protocol asks and checks what the relay sends: it applies a segment only on what it holds,
/// and counts what came twice.
struct ModelClient {
    var device: TestDevice
    private(set) var vectors: [ScopeID: VersionVector] = [:]
    /// Every change that is held.
    private(set) var dots: [ScopeID: Set<Dot>] = [:]
    private var bookmark: [UInt8]?
    private var rosterPosition: UInt64 = 0
    private var readable: Set<ScopeID> = []
    /// The readable scopes that the bookmark does not cover.
    private var uncovered: Set<ScopeID> = []
    /// Segments of other devices of which nothing was new.
    private(set) var repeatedCount = 0
    /// Whether the last answer left nothing to fetch.
    private(set) var isDone = false

    init(_ device: TestDevice) {
        self.device = device
    }

    /// What the client knows and a chain of its replica has not been written on yet.
    func news(for chain: Chain) -> VersionVector {
        var others = vectors[chain.scope] ?? VersionVector()
        others[chain.replica] = []
        return others.difference(from: chain.context)
    }

    mutating func loseBookmark() {
        bookmark = nil
        uncovered = readable
        isDone = false
    }

    /// One round trip.
    mutating func sync(push: [Segment] = [], pageBytes: UInt64) throws {
        let named = uncovered.sorted().map {
            ScopeReport(scope: $0, vector: vectors[$0] ?? VersionVector(), digest: nil)
        }
        for segment in push { try apply(segment) }
        let answer = try device.sync(
            push: push, bookmark: bookmark, vectors: named, roster: rosterPosition, pageBytes: pageBytes)
        #expect(!answer.isReset)
        #expect(answer.refused.isEmpty, "\(answer.refused)")
        for segment in try answer.decoded() {
            let isNew = try apply(segment)
            if !isNew, try segment.changes().first.map({ try ChangeHead(decoding: $0.head).author }) != device.id {
                repeatedCount += 1
            }
        }
        bookmark = answer.bookmark
        uncovered.subtract(answer.covered)
        if let roster = answer.roster {
            rosterPosition = roster.position
            let scopes = Set(roster.scopes.map(\.scope))
            // A first bookmark covers all that the first roster lists; later ones only what was listed then.
            if !readable.isEmpty { uncovered.formUnion(scopes.subtracting(readable)) }
            readable = scopes
        }
        isDone = !answer.more && uncovered.isEmpty
    }

    /// - Returns: whether anything of it was new.
    @discardableResult
    private mutating func apply(_ segment: Segment) throws -> Bool {
        let scope = segment.scope
        var isNew = false
        for change in try segment.changes() where dots[scope, default: []].insert(change.dot).inserted {
            isNew = true
            let before = Dot(replica: change.replica, sequence: change.sequence - 1, check: change.previous.check)
            #expect(change.sequence == 1 || dots[scope, default: []].contains(before), "the chain has a gap")
            let context = try ChangeHead(decoding: change.head).contextDifference
            #expect(context.dots.allSatisfy { dots[scope, default: []].contains($0) }, "the context is not held")
            vectors[scope, default: VersionVector()].advance(to: change.dot, after: change.previous.check)
        }
        return isNew
    }
}
