import CanvassCRDT
import CanvassCoding
import TestSupport
import Testing

@Suite struct ChangeBodyTests {
    private func golden() throws -> (first: ChangeBody, second: ChangeBody) {
        let entity = try EntityID(bytes: Golden.entityBytes)
        let dot = Dot(replica: Golden.replica, sequence: 1, check: 0x0792_b74c_da4a_704b)
        let first = ChangeBody(edits: [
            EntityEdit(
                kind: "survey", entity: entity,
                operations: [
                    Operation(.put("Caf\u{e9}"), field: "title"), Operation(.put(-7), field: "order"),
                    Operation(.put(.null), field: "note"),
                ])
        ])
        let second = ChangeBody(edits: [
            EntityEdit(
                kind: "survey", entity: entity,
                operations: [
                    Operation(.put(true), field: "tags", element: "red", stampOffset: 4_000, replaced: [dot]),
                    Operation(.clear, field: "title"), Operation(.clear, field: "tags", element: "blue"),
                    Operation(.unknown(hex("8209656c61746572")), field: ""),
                ]),
            EntityEdit(
                kind: "item", entity: try EntityID(bytes: Array(repeating: 0, count: 16)),
                operations: [Operation(.clear, field: EntityState.existenceField, replaced: [])]),
        ])
        return (first, second)
    }

    @Test func `bodies are encoded as an independent program encodes them`() throws {
        let bodies = try golden()
        #expect(bodies.first.encoded == hex(Golden.firstBody))
        #expect(bodies.second.encoded == hex(Golden.secondBody))
    }

    @Test func `the order in which a body was built leaves no trace`() throws {
        var random = SplitMix64.forTest(#function)
        let body = try golden().second
        for _ in 0..<50 {
            var shuffled = body
            shuffled.edits.shuffle(using: &random)
            for index in shuffled.edits.indices { shuffled.edits[index].operations.shuffle(using: &random) }
            #expect(shuffled.encoded == body.encoded)
        }
    }

    @Test func `bodies read back`() throws {
        for body in [try golden().first, try golden().second, ChangeBody(edits: [])] {
            let decoded = try ChangeBody(decoding: body.encoded)
            #expect(decoded.encoded == body.encoded)
            #expect(decoded.edits.count == body.edits.count)
        }
    }

    @Test func `operations and options of a later version are kept byte for byte`() throws {
        let laterOperations = [
            "8209656c61746572",  // an unknown code
            "840061610ba10900",  // a put with option 9
            "830161610b",  // a clear with options that are no map
            "85006161010203",  // a put with too many parts
            "840061610ba0",  // empty options
            "840061610ba10200",  // an offset of 0
            "01", "f6", "f820", "c0617a", "1bffffffffffffffff",  // no array at all
        ]
        for digits in laterOperations {
            let bytes = [0x81, 0x83, 0x61, 0x6b, 0x50] + EntityID.sample(1).bytes + [0x81] + hex(digits)
            let body = try ChangeBody(decoding: bytes)
            #expect(body.edits[0].operations.map(\.action) == [.unknown(hex(digits))])
            #expect(body.encoded == bytes)
            #expect(!body.edits[0].isAffirming)
        }
    }

    @Test func `a dot listed twice is written once`() throws {
        let dot = Dot(replica: Golden.replica, sequence: 1, check: 2)
        let body = ChangeBody(edits: [
            EntityEdit(
                kind: "k", entity: .sample(1), operations: [Operation(.clear, field: "a", replaced: [dot, dot])])
        ])
        #expect(try ChangeBody(decoding: body.encoded).edits[0].operations[0].replaced == [dot])
    }

    @Test func `spellings that Unicode calls equivalent are two cells`() throws {
        let edit = EntityEdit(
            kind: "k", entity: .sample(1),
            operations: [Operation(.put("a"), field: "\u{e9}"), Operation(.put("b"), field: "e\u{301}")])
        #expect(!edit.namesACellTwice)
        let decoded = try ChangeBody(decoding: ChangeBody(edits: [edit]).encoded)
        #expect(Set(decoded.edits[0].operations.map { Array($0.field.utf8) }).count == 2)
    }

    @Test func `a cell or an entity named twice is refused`() {
        let put = Operation(.put(1), field: "a")
        let bodies = [
            [EntityEdit(kind: "k", entity: .sample(1), operations: [put, Operation(.put(2), field: "a")])],
            [EntityEdit(kind: "k", entity: .sample(1), operations: [put, Operation(.clear, field: "a")])],
            [
                EntityEdit(kind: "k", entity: .sample(1), operations: [put]),
                EntityEdit(kind: "k", entity: .sample(1), operations: [Operation(.put(2), field: "b")]),
            ],
            [
                EntityEdit(
                    kind: "k", entity: .sample(1),
                    operations: [
                        Operation(.put(1), field: "a", element: "x"), Operation(.clear, field: "a", element: "x"),
                    ])
            ],
        ]
        for edits in bodies {
            #expect(throws: CodingError.self) { try ChangeBody(decoding: ChangeBody(edits: edits).encoded) }
        }
        let elements = ["x", "y"].map { Operation(.put(1), field: "a", element: .text($0)) }
        let distinct = EntityEdit(kind: "k", entity: .sample(1), operations: elements + [put])
        #expect(throws: Never.self) { try ChangeBody(decoding: ChangeBody(edits: [distinct]).encoded) }
    }

    @Test func `an edit without operations is refused`() {
        let body = ChangeBody(edits: [EntityEdit(kind: "k", entity: .sample(1), operations: [])])
        #expect(throws: CodingError.self) { try ChangeBody(decoding: body.encoded) }
    }

    @Test func `every truncation is refused, and what a flip leaves readable is written as it came`() {
        let bytes = hex(Golden.secondBody)
        for count in bytes.indices {
            #expect(throws: CodingError.self) { try ChangeBody(decoding: Array(bytes[..<count])) }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(bit)
                guard let body = try? ChangeBody(decoding: damaged) else { continue }
                #expect(body.encoded == damaged)
            }
        }
    }

    @Test func `a value may nest as deep as the limit and no deeper`() {
        func nested(_ depth: Int) -> Value { (0..<depth).reduce(.null) { value, _ in .list([value]) } }
        func body(_ depth: Int) -> [UInt8] {
            let put = Operation(.put(nested(depth)), field: "a")
            return ChangeBody(edits: [EntityEdit(kind: "k", entity: .sample(1), operations: [put])]).encoded
        }
        #expect(throws: Never.self) { try ChangeBody(decoding: body(31)) }
        #expect(throws: CodingError.self) { try ChangeBody(decoding: body(32)) }
        #expect(throws: CodingError.self) { try ChangeBody(decoding: body(200)) }
    }
}
