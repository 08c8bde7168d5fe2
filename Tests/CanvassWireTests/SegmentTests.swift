import CanvassCRDT
import CanvassCoding
import CanvassWire
import TestSupport
import Testing

@Suite struct SegmentTests {
    @Test func `changes of every shape come back byte for byte`() throws {
        var random = SplitMix64.forTest(#function)
        var codecs: Set<Segment.Codec> = []
        for _ in 0..<300 {
            let seed = random.next()
            let changes = RandomRun(seed: seed, count: 1 + Int(random.next() % 40)).changes
            var context = VersionVector()
            context[ReplicaID(rawValue: 3)] = [.init(sequence: 2, check: seed)]
            let seals = Segment.Seals(device: Array(repeating: 1, count: 16), relay: nil, voidListHash: nil)
            let segment = try Segment(changes, startingContext: context, seals: seals)
            codecs.insert(segment.codec)
            let decoded = try Segment(decoding: segment.encoded)
            #expect(decoded == segment, "run \(seed)")
            #expect(decoded.encoded == segment.encoded, "run \(seed)")
            #expect(try decoded.changes() == changes, "run \(seed)")
            #expect(decoded.lastSequence == changes.last?.sequence)
        }
        #expect(codecs == [.plain, .columns])
    }

    @Test func `both codecs say the same`() throws {
        var random = SplitMix64.forTest(#function)
        for _ in 0..<200 {
            let seed = random.next()
            let changes = RandomRun(seed: seed, count: 1 + Int(random.next() % 20)).changes
            let segment = try Segment(changes, startingContext: VersionVector())
            var plain = segment
            plain.codec = .plain
            plain.body = PlainCodec.encode(changes.map(ChangeParts.init(of:)))
            #expect(try Segment(decoding: plain.encoded).changes() == changes, "run \(seed)")
        }
    }

    @Test func `a page of like responses costs a fraction of its changes`() throws {
        var random = SplitMix64(seed: 5)
        let replica = ReplicaID(using: &random)
        var previous = ChainHash.start(scope: .sample, replica: replica)
        var changes: [Change] = []
        for index in 0..<500 {
            let edit = EntityEdit(
                kind: "response",
                entity: EntityID(milliseconds: 1_700_000_000_000 + Int64(index) * 60_000, using: &random),
                operations: [
                    Operation(.put(.integer(Int64(random.next() % 11))), field: "nps"),
                    Operation(.put(["often", "rarely", "never"][Int(random.next() % 3)]), field: "visits"),
                ])
            let head = ChangeHead(
                contextDifference: VersionVector(),
                stamp: Stamp(milliseconds: 1_700_000_000_000 + Int64(index) * 60_000),
                author: .sample(1))
            let change = Change(
                scope: .sample, replica: replica, sequence: UInt64(index) + 1, previous: previous, head: head.encoded,
                body: ChangeBody(edits: [edit]).encoded)
            changes.append(change)
            previous = change.hash
        }
        let segment = try Segment(changes, startingContext: VersionVector())
        #expect(segment.codec == .columns)
        #expect(segment.encoded.count < 500 * 16)
        #expect(try segment.changes() == changes)
    }

    @Test func `too many bytes are refused when a segment is made`() {
        let replica = ReplicaID(rawValue: 1)
        var previous = ChainHash.start(scope: .sample, replica: replica)
        let changes = (1...66).map { sequence in
            let change = Change(
                scope: .sample, replica: replica, sequence: UInt64(sequence), previous: previous, head: [0xf6],
                body: Array(repeating: 0, count: 64 * 1024 - 1))
            previous = change.hash
            return change
        }
        #expect(throws: SegmentError.self) { try Segment(changes, startingContext: VersionVector()) }
        #expect(throws: Never.self) {
            try Segment(Array(changes.prefix(64)), startingContext: VersionVector()).changes()
        }
    }
}

extension ChangeParts {
    init(of change: Change) {
        self.init(head: change.head, body: change.body.map { .present($0) } ?? .dropped(change.bodyHash))
    }
}
