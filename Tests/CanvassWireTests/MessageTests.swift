import CanvassCRDT
import CanvassCoding
import CanvassWire
import TestSupport
import Testing

@Suite struct MessageTests {
    private static let bothFormats: [MessageFormat] = [.cbor, .json]

    private static var vector: VersionVector {
        var vector = VersionVector()
        vector[ReplicaID(rawValue: .max)] = [
            .init(sequence: 1, check: .max), .init(sequence: UInt64(Int64.max), check: 0),
        ]
        vector[ReplicaID(rawValue: 0)] = [.init(sequence: 3, check: 1)]
        return vector
    }

    private static let roster = Roster(
        position: 12, organisation: .sample(1), own: [.sample(2)],
        scopes: [
            ScopeOwner(scope: ScopeID(.roster, .sample(1)), campaign: nil),
            ScopeOwner(scope: ScopeID(.responses, .sample(2)), campaign: .sample(3), team: .sample(4)),
        ],
        people: [
            .init(
                membership: Membership(
                    member: .sample(2), campaign: .sample(3), roles: [.collector, .supervisor], team: .sample(4)),
                name: "e\u{301}\u{0}\"", language: "ar", devices: [.sample(5), .sample(6)]),
            .init(
                membership: Membership(member: .sample(7), campaign: nil, roles: []), name: "", language: nil,
                devices: []),
        ], teams: [.init(id: .sample(4), name: "شمال")])

    static let messages: [any Message] = [
        SyncRequest(
            bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: .min, pageBytes: 1),
        SyncRequest(
            bookmark: [1, 2, 3], vectors: [ScopeReport(scope: .sample, vector: vector, digest: nil)],
            reports: [ScopeReport(scope: .sample, vector: vector, digest: StateDigest(rawValue: .max))],
            push: [[], [0xff, 0x00]], certificates: [[1]], roster: 7, clock: .max, pageBytes: 1 << 20,
            rosterSeal: [3, 4]),
        SyncAnswer(time: 5),
        SyncAnswer(
            isReset: true, segments: [[1], [2, 3]], bookmark: [9], covered: [.sample],
            scopes: [ScopeReport(scope: .sample, vector: VersionVector(), digest: nil)],
            refused: [
                .init(
                    scope: .sample, replica: ReplicaID(rawValue: 1), firstSequence: 5, item: 2, reason: "gap",
                    detail: "x")
            ], more: true, roster: roster, time: -1, position: 45, backup: 44,
            seals: [
                TipSeal(
                    scope: .sample, dot: Dot(replica: ReplicaID(rawValue: 1), sequence: 2, check: 3),
                    seal: Array(repeating: 1, count: 16), voidListHash: Array(repeating: 2, count: 16))
            ], rosterSeal: [5]),
        roster,
        JoinRequest(
            invite: "secret", device: .sample(1), replica: ReplicaID(rawValue: 2),
            joinKey: Array(repeating: 7, count: 16), name: "A", language: nil, certificate: [8]),
        JoinAnswer(
            token: "t", deviceKey: Array(repeating: 1, count: 32), organisation: .sample(1), member: .sample(2),
            name: "N", time: 3, certificate: [1, 2]),
        ScopeReport(scope: .sample, vector: vector, digest: StateDigest(rawValue: 1)),
    ]

    private func roundTrip<M: Message>(_ message: M, _ format: MessageFormat) throws -> Value {
        try M(decoding: message.encoded(as: format), as: format).value
    }

    private func decode<M: Message>(_: M, _ value: Value) throws -> Value { try M(value: value).value }

    @Test(arguments: messages.indices, bothFormats)
    func `a message reads back from CBOR and from JSON`(index: Int, format: MessageFormat) throws {
        let message = MessageTests.messages[index]
        let value = try roundTrip(message, format)
        #expect(CBOR.encode(value) == CBOR.encode(message.value))
    }

    @Test(arguments: messages.indices) func `keys that are not known are ignored`(index: Int) throws {
        let message = MessageTests.messages[index]
        let more = Value.map((message.value.mapValue ?? []) + [.init("later", [1, ["x": .null]])])
        #expect(try decode(message, more) == message.value)
    }

    @Test(arguments: messages.indices) func `an absent field is named in the error or has a default`(index: Int) throws
    {
        let message = MessageTests.messages[index]
        let members = message.value.mapValue ?? []
        var required = 0
        for member in members {
            let rest = members.filter { $0.key != member.key }
            do {
                _ = try decode(message, .map(rest))
            } catch let error as CodingError {
                // "The field must be …"; ids and scopes say it in their own words.
                #expect(error.description.contains("'\(member.key)'"), "\(error)")
                required += 1
            }
        }
        #expect(required > 0)
    }

    @Test(arguments: messages.indices) func `a field of another type is refused or ignored, and never traps`(
        index: Int
    ) throws {
        let message = MessageTests.messages[index]
        let others: [Value] = [
            true, 5, -1, .integer(.min), .integer(.max), "x", .bytes([1]), [5], ["a": 1], .number(0.5),
            .foreign([0xf7]),
            [["a": 1]], [.bytes([])], .foreign([0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            [[.bytes(Array(repeating: 0, count: 8)), .foreign([0x1b] + Array(repeating: 0xff, count: 8)), .bytes([])]],
        ]
        for member in message.value.mapValue ?? [] {
            for other in others {
                let changed = Value.map(
                    (message.value.mapValue ?? []).map { $0.key == member.key ? .init($0.key, other) : $0 })
                if let value = try? decode(message, changed) { _ = CBOR.encode(value) }
            }
        }
        for other in others where other.mapValue == nil {
            #expect(throws: CodingError.self) { try decode(message, other) }
        }
    }

    @Test func `another version of the protocol is refused`() {
        for message in MessageTests.messages where message.value["protocol"] != nil {
            let changed = Value.map(
                (message.value.mapValue ?? []).map { $0.key == "protocol" ? .init("protocol", 2) : $0 })
            #expect(throws: CodingError.self) { try decode(message, changed) }
        }
    }

    @Test func `an error deep in a list says where`() throws {
        var value = SyncRequest(
            bookmark: nil, vectors: [ScopeReport(scope: .sample, vector: VersionVector(), digest: nil)], reports: [],
            push: [], roster: 0, clock: 0, pageBytes: 0
        ).value
        value = .map(
            (value.mapValue ?? []).map { $0.key == "vectors" ? .init("vectors", [["scope": 5]]) : $0 })
        let error = #expect(throws: CodingError.self) { try SyncRequest(value: value) }
        #expect(error?.description.contains("sync request.vectors[0]") == true)
        #expect(error?.description.contains("'scope'") == true)
    }

    @Test func `roles of a later version are left out`() throws {
        let people: Value = [
            [
                "member": .bytes(EntityID.sample(1).bytes), "name": "N", "roles": ["collector", "auditor"],
                "devices": [],
            ]
        ]
        let value: Value = ["position": 1, "organisation": .bytes(EntityID.sample(1).bytes), "people": people]
        #expect(try Roster(value: value).people[0].membership.roles == [.collector])
    }
}

@Suite struct ProblemTests {
    @Test(arguments: Problem.Kind.allCases) func `a problem reads back`(kind: Problem.Kind) throws {
        let problem = Problem(kind, "because")
        #expect(Problem(value: try JSON.decode(JSON.encode(problem.value))) == problem)
        #expect(problem.value["status"]?.integerValue == Int64(kind.status))
        #expect((400...599).contains(kind.status))
    }

    @Test func `other documents are no problem of a relay`() {
        let documents: [Value] = [
            .null, [], ["type": "about:blank"], ["type": 5], ["type": "urn:canvass:problem:later"],
        ]
        for document in documents { #expect(Problem(value: document) == nil) }
    }

    @Test func `a problem without a detail says its title`() {
        #expect(Problem(value: ["type": "urn:canvass:problem:not-found"])?.detail == Problem.Kind.notFound.title)
    }
}
