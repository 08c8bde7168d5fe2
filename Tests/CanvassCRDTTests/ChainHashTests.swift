import CanvassCRDT
import CanvassCoding
import Testing

/// Against values computed with Python's hashlib from the formula of the design, rule 6.
@Suite struct ChainHashTests {
    @Test func `a chain starts at the hash of scope and replica`() throws {
        let start = ChainHash.start(scope: try ScopeID(bytes: Golden.scopeBytes), replica: Golden.replica)
        #expect(start.bytes == hex(Golden.start))
        #expect(start.check == 0xa9af_9fd2_2acb_72bd)
    }

    @Test func `each change is chained to the one before it`() throws {
        let scope = try ScopeID(bytes: Golden.scopeBytes)
        let first = Change(
            scope: scope, replica: Golden.replica, sequence: 1,
            previous: ChainHash.start(scope: scope, replica: Golden.replica), head: hex(Golden.firstHead),
            body: hex(Golden.firstBody))
        #expect(first.hash.bytes == hex(Golden.firstHash))
        let second = Change(
            scope: scope, replica: Golden.replica, sequence: 2, previous: first.hash, head: hex(Golden.secondHead),
            body: hex(Golden.secondBody))
        #expect(second.hash.bytes == hex(Golden.secondHash))
        #expect(second.dot == Dot(replica: Golden.replica, sequence: 2, check: 0xf147_7dcc_fa83_1d74))
    }

    @Test func `a change whose body was dropped keeps its hash`() throws {
        let scope = try ScopeID(bytes: Golden.scopeBytes)
        let change = Change(
            scope: scope, replica: Golden.replica, sequence: 1,
            previous: ChainHash.start(scope: scope, replica: Golden.replica), head: hex(Golden.firstHead),
            bodyHash: SHA256.digest(of: hex(Golden.firstBody)))
        #expect(change.body == nil)
        #expect(change.hash.bytes == hex(Golden.firstHash))
    }

    @Test func `every bit of head and body counts`() throws {
        let scope = try ScopeID(bytes: Golden.scopeBytes)
        let start = ChainHash.start(scope: scope, replica: Golden.replica)
        func hash(_ head: [UInt8], _ body: [UInt8]) -> ChainHash {
            Change(scope: scope, replica: Golden.replica, sequence: 1, previous: start, head: head, body: body).hash
        }
        let (head, body) = (hex(Golden.firstHead), hex(Golden.firstBody))
        var seen: Set<ChainHash> = [hash(head, body)]
        for bit in 0..<(head.count * 8) {
            var damaged = head
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(seen.insert(hash(damaged, body)).inserted)
        }
        for bit in 0..<(body.count * 8) {
            var damaged = body
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(seen.insert(hash(head, damaged)).inserted)
        }
        // A byte that moves from the end of the head to the start of the body is another change.
        #expect(seen.insert(hash(Array(head.dropLast()), [head[head.count - 1]] + body)).inserted)
    }

    @Test func `only sixteen bytes are a hash`() throws {
        #expect(try ChainHash(bytes: hex(Golden.start)).bytes == hex(Golden.start))
        #expect(throws: CodingError.self) { try ChainHash(bytes: Array(repeating: 0, count: 32)) }
        #expect(SHA256.Digest(bytes: Array(repeating: 0, count: 31)) == nil)
    }
}
