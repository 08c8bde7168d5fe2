import CanvassCRDT
import CanvassCoding
import Foundation
import Testing

@testable import CanvassWire

/// The engine against the golden vectors, which Protocol/vectors/generate.py computes from the specification alone.
@Suite struct GoldenVectorTests {
    @Test func `identifiers have the bytes and texts of the specification`() throws {
        let vectors = try Vectors.load("identifiers")
        for entity in try vectors.list("entities") {
            let random = try entity.list("random").map { try #require(UInt64($0.textValue ?? "", radix: 16)) }
            let id = EntityID(milliseconds: try entity.integer("milliseconds"), random: (random[0], random[1]))
            #expect(id.bytes == (try entity.hex()))
            #expect(id.description == (try entity.text("text")))
            #expect(try EntityID(text: entity.text("text")) == id)
        }
        for replica in try vectors.list("replicas") {
            #expect(try ReplicaID(bytes: replica.hex()).description == replica.text("text"))
        }
        for scope in try vectors.list("scopes") {
            let id = try ScopeID(bytes: scope.hex())
            #expect(id.kind.name == (try scope.text("kind")))
            #expect(id.id.bytes == (try scope.hex("id")))
            #expect(id.description == (try scope.text("text")))
        }
        for dot in try vectors.list("dots") {
            let known = Dot(
                replica: try ReplicaID(bytes: dot.hex("replica")), sequence: UInt64(try dot.integer("sequence")),
                check: bigEndianInteger(try dot.hex("check")))
            #expect(known.bytes == (try dot.hex()))
        }
        for secret in try vectors.list("secrets") {
            #expect(try Base32.encode(secret.hex()) == secret.text("text"))
        }
    }

    @Test func `CBOR takes its one form of a value and no other`() throws {
        let vectors = try Vectors.load("cbor")
        for accepted in try vectors.list("accepted") {
            let value = try #require(accepted["json"])
            #expect(CBOR.encode(value) == (try accepted.hex()))
            #expect(try CBOR.decode(accepted.hex()) == sorted(value))
        }
        for refused in try vectors.list("refused") {
            let bytes = try refused.hex()
            #expect(throws: CodingError.self, "\(refused)") { try CBOR.decode(bytes) }
        }
    }

    @Test func `seals and certificates are those of the specification`() throws {
        let vectors = try Vectors.load("seals")
        let scope = try ScopeID(bytes: vectors.hex("scope"))
        let key = try vectors.hex("organisationKey")
        let sealKey = HMAC.sha256(key: key, message: Array("seal".utf8)).bytes
        for change in try vectors.list("chain") {
            let hash = try ChainHash(bytes: change.hex("hash"))
            #expect(try Seal.device(scope, hash, key: vectors.hex("deviceKey")) == change.hex("device"))
            let void = try change.list("void").map { try Dot(bytes: Value.map([.init("hex", $0)]).hex()) }
            let list = VoidList.hash(void.map { .init(sequence: $0.sequence, check: $0.check) }.reversed())
            #expect(list == (try change.hex("voidList")))
            #expect(try Seal.relay(scope, hash, voidListHash: list, key: sealKey) == change.hex("relay"))
        }
        let roster = try #require(vectors["roster"])
        let organisation = try EntityID(bytes: vectors.hex("organisation"))
        let count = UInt64(try roster.integer("count"))
        let sealed = RosterSeal(organisation, changeCount: count, tip: try Dot(bytes: roster.hex("dot")), key: sealKey)
        #expect(try sealed.bytes == roster.hex("seal"))
        #expect(RosterSeal(unchecked: sealed.bytes) == sealed)
        #expect(sealed.isMade(by: organisation, key: sealKey))
        let certificateKey = HMAC.sha256(key: key, message: Array("certificate".utf8)).bytes
        let bytes = try vectors.hex("certificate")
        let certificate = try #require(try Certificate(sealed: bytes, key: certificateKey))
        #expect(certificate.sealed(key: certificateKey) == bytes)
        #expect(try Certificate(unchecked: bytes) == certificate)
        #expect(try Certificate(sealed: bytes, key: sealKey) == nil)
    }

    @Test func `version vectors are sorted, and nothing else is read`() throws {
        let vectors = try Vectors.load("version-vectors")
        for accepted in try vectors.list("accepted") {
            var vector = VersionVector()
            for tip in try accepted.list("tips") {
                vector[try ReplicaID(bytes: tip.hex("replica"))]
                    .append(
                        .init(
                            sequence: UInt64(try tip.integer("sequence")), check: bigEndianInteger(try tip.hex("check"))
                        ))
            }
            #expect(CBOR.encode(vector.value) == (try accepted.hex()))
            #expect(try VersionVector(value: CBOR.decode(accepted.hex())) == vector)
        }
        for refused in try vectors.list("refused") {
            let value = try CBOR.decode(refused.hex())
            #expect(throws: CodingError.self, "\(refused)") { try VersionVector(value: value) }
        }
    }

    @Test func `heads and bodies read and write the same bytes, and hash to the chain`() throws {
        let vectors = try Vectors.load("changes")
        let scope = try ScopeID(bytes: vectors.hex("scope"))
        for known in try vectors.list("chain") + vectors.list("other") {
            let change = try Change(vector: known, scope: scope)
            let head = try ChangeHead(decoding: change.head)
            #expect(head.encoded == change.head)
            #expect(head.stamp.milliseconds == (try known.integer("stamp")))
            #expect(head.author.bytes == (try known.hex("author")))
            #expect(try ChangeBody(decoding: change.body ?? []).encoded == change.body)
            #expect(change.hash.bytes == (try known.hex("hash")))
            #expect(change.dot.bytes == (try known.hex("dot")))
        }
        let first = try Change(vector: vectors.list("chain")[0], scope: scope)
        #expect(ChainHash.start(scope: scope, replica: first.replica).bytes == (try vectors.hex("start")))
        for refused in try vectors.list("refusedBodies") {
            let bytes = try refused.hex()
            #expect(throws: CodingError.self, "\(refused)") { try ChangeBody(decoding: bytes) }
        }
        for known in try vectors.list("stamps") {
            let put = CanvassCRDT.Operation(
                .put(true), field: "nps", stampOffset: try #require(UInt64(known.text("option"))))
            let head = Stamp(milliseconds: try #require(Int64(known.text("head"))))
            #expect(put.stamp(base: head).milliseconds == Int64(try known.text("put")))
        }
    }

    @Test func `the digest follows every change of the example`() throws {
        let vectors = try Vectors.load("digest")
        for known in try vectors.list("sipHash") {
            #expect(StateDigest(rawValue: SipHash.hash(try known.hex())).description == (try known.text("hash")))
        }
        let version = try #require(vectors["version"])
        #expect(StateDigest(rawValue: SipHash.hash(try version.hex("item"))).description == (try version.text("hash")))
        let changes = try Vectors.changes()
        var state = EntityState(kind: "response", entity: try EntityID(bytes: vectors.hex("entity")))
        var digest = StateDigest()
        for step in try vectors.list("steps") {
            let change = try #require(changes[step.hex("apply")])
            var context: [ReplicaID: UInt64] = [:]
            for seen in try step.list("context") {
                context[try ReplicaID(bytes: seen.hex("replica"))] = UInt64(try seen.integer("sequence"))
            }
            let head = try ChangeHead(decoding: change.head)
            for edit in try ChangeBody(decoding: change.body ?? []).edits {
                state.apply(edit, dot: change.dot, stamp: head.stamp, digest: &digest) { dot in
                    dot.sequence <= context[dot.replica] ?? 0
                }
            }
            #expect(digest.description == (try step.text("digest")))
            for winner in step["winners"]?.mapValue ?? [] {
                let cell = winner.key == EntityState.existenceField ? state.alive : state.anyCell(winner.key)
                #expect(cell?.winner?.value == winner.value, "\(winner.key)")
            }
            let conflicts = Set(state.cells.filter { !$0.cell.conflicting.isEmpty }.map(\.field))
            #expect(conflicts == Set(try step.list("conflicts").compactMap(\.textValue)))
        }
    }

    @Test func `segments of both codecs give the changes of the example`() throws {
        let vectors = try Vectors.load("segments")
        for accepted in try vectors.list("accepted") {
            let segment = try Segment(decoding: accepted.hex())
            #expect(segment.encoded == (try accepted.hex()))
            let dots = try segment.changes().map { Value.text(Vectors.hex($0.dot.bytes)) }
            #expect(dots == (try accepted.list("changes")), "\(accepted)")
        }
        for refused in try vectors.list("refused") {
            let bytes = try refused.hex()
            #expect(throws: SegmentError.self, "\(refused)") { try Segment(decoding: bytes).changes() }
        }
    }

    @Test func `the column encoder writes the columns of the specification`() throws {
        let columns = try #require(try Vectors.load("segments")["columns"])
        let changes = try Vectors.changes().values.filter { $0.replica == Vectors.replica }
            .sorted { $0.sequence < $1.sequence }
        var encoder = ColumnEncoder()
        let isCanonical = encoder.add(changes.map { ChangeParts($0) })
        #expect(isCanonical)
        #expect(encoder.plain == (try columns.hex("plain")))
        #expect(encoder.columns.bytes == (try columns.hex("columns")))
    }

    @Test func `messages mean the same in CBOR and in JSON`() throws {
        for known in try Vectors.load("messages").list("messages") {
            let bytes = try known.hex("cbor")
            let json = Array(JSON.encode(try #require(known["json"])).utf8)
            switch try known.text("rule") {
            case "join-request": try expect(JoinRequest.self, bytes, json)
            case "join-answer": try expect(JoinAnswer.self, bytes, json)
            case "sync-request": try expect(SyncRequest.self, bytes, json)
            case "sync-answer": try expect(SyncAnswer.self, bytes, json)
            case let rule: Issue.record("no message is called \(rule)")
            }
        }
    }

    private func expect<Content: Message>(_: Content.Type, _ bytes: [UInt8], _ json: [UInt8]) throws {
        #expect(try Content(decoding: bytes).encoded() == bytes)
        #expect(try Content(decoding: json, as: .json).encoded() == bytes)
    }

    @Test func bundle() throws {
        let vector = try Vectors.load("bundle")
        let bytes = try vector.hex()
        let bundle = try Bundle(reading: bytes)
        #expect(bundle.isWhole)
        #expect(bundle.encoded == bytes)
        #expect(try Segment(decoding: bundle.segments[1]).seals.device != nil)
        #expect(try bundle.segments.flatMap { try Segment(decoding: $0).changes() }.count == 3)
    }

    /// The value as CBOR gives it back: the keys of maps in their encoded order.
    private func sorted(_ value: Value) -> Value {
        switch value {
        case .map(let members):
            .map(
                members.map { .init($0.key, sorted($0.value)) }
                    .sorted { ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key) })
        case .list(let values): .list(values.map(sorted))
        default: value
        }
    }
}

/// The files in Protocol/vectors.
enum Vectors {
    /// The replica whose three changes are the example's chain.
    static let replica = ReplicaID(rawValue: 0x0123_4567_89AB_CDEF)

    static func load(_ name: String) throws -> Value {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSON.decode([UInt8](Data(contentsOf: root.appending(path: "Protocol/vectors/\(name).json"))))
    }

    /// Every change of the example by the bytes of its dot.
    static func changes() throws -> [[UInt8]: Change] {
        let vectors = try load("changes")
        let scope = try ScopeID(bytes: vectors.hex("scope"))
        var changes: [[UInt8]: Change] = [:]
        for known in try vectors.list("chain") + vectors.list("other") {
            changes[try known.hex("dot")] = try Change(vector: known, scope: scope)
        }
        return changes
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Change {
    fileprivate init(vector: Value, scope: ScopeID) throws {
        self.init(
            scope: scope, replica: try ReplicaID(bytes: vector.hex("replica")),
            sequence: UInt64(try vector.integer("sequence")), previous: try ChainHash(bytes: vector.hex("previous")),
            head: try vector.hex("head"), body: try vector.hex("body"))
    }
}

extension EntityState {
    /// The cell of a field, whatever element of a set it is for.
    fileprivate func anyCell(_ field: String) -> Cell? {
        cells.first { $0.field == field }?.cell
    }
}

extension Value {
    func text(_ key: String) throws -> String { try #require(self[key]?.textValue) }

    func integer(_ key: String) throws -> Int64 { try #require(self[key]?.integerValue) }

    func list(_ key: String) throws -> [Value] { try #require(self[key]?.listValue) }

    /// The bytes that a text of hexadecimal digits stands for.
    func hex(_ key: String = "hex") throws -> [UInt8] {
        let digits = Array(try text(key).utf8)
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16))
        }
    }
}
