import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import TestSupport
import Testing

@Suite struct CommitPageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func request(_ store: ReplicaStore) throws -> SyncRequest {
        try store.prepareSync(withholding: [], clockMilliseconds: 0).request
    }

    private func segment(_ changes: [Change]) throws -> [UInt8] {
        try Segment(changes, startingContext: VersionVector()).encoded
    }

    @Test func `a page that fails in the middle leaves the bookmark where it was`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        let changes = try (0..<4).map { try author.put(.integer($0)) }
        _ = try reader.commitPage(
            SyncAnswer(segments: [try segment([changes[0]])], bookmark: [1], time: 0), for: try request(reader),
            clockMilliseconds: 0)
        let before = try reader.everything()
        var damaged = try segment([changes[2]])
        damaged[damaged.count / 2] ^= 1
        let bad = [try segment([changes[3]]), damaged, [], [0xff]]
        for last in bad {
            let answer = SyncAnswer(segments: [try segment([changes[1]]), last], bookmark: [2], time: 5)
            #expect(throws: (any Error).self) {
                try reader.commitPage(answer, for: try request(reader), clockMilliseconds: 9)
            }
            #expect(try reader.everything() == before)
            #expect(try request(reader).bookmark == [1])
        }
        let answer = SyncAnswer(segments: [try segment(Array(changes[1...]))], bookmark: [2], time: 5)
        #expect(try reader.commitPage(answer, for: try request(reader), clockMilliseconds: 9).received == 3)
        #expect(try request(reader).bookmark == [2])
    }

    /// Every flip of a page is refused whole, or changes nothing of what is applied.
    @Test func `a flipped bit in a later segment never reaches the state`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        let changes = try (0..<3).map { try author.put(.integer($0)) }
        try reader.apply([changes[0]])
        let before = try reader.everything()
        let bytes = try segment(Array(changes[1...]))
        struct Undo: Error {}
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            guard let decoded = try? Segment(decoding: damaged).changes() else { continue }
            if decoded == Array(changes[1...]) { continue }
            #expect(throws: StoreError.self, "byte \(index)") { try reader.apply(decoded) }
        }
        #expect(try reader.everything() == before)
    }

    /// A copy has gone on in another way than the relay knows, and much lies before the fork.
    @Test func `what came of a scope is named until the bookmark covers it`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        let changes = try (0..<3).map { try author.put(.integer($0)) }
        try reader.apply(changes)
        func named() throws -> Set<Dot> { Set(try request(reader).vectors.flatMap(\.vector.dots)) }
        #expect(try named() == [changes[2].dot])
        for (index, expected) in [(0, [0, 2]), (1, [1, 2]), (2, [2])] {
            let segment = try Segment(
                [changes[index]], startingContext: VersionVector())
            let page = SyncAnswer(segments: [segment.encoded], bookmark: [1], time: 0)
            let progress = try reader.commitPage(page, for: try request(reader), clockMilliseconds: 0)
            #expect(progress.received == 0)
            #expect(progress.hasAdvanced)
            #expect(try named() == Set(expected.map { changes[$0].dot }))
            #expect(try !reader.commitPage(page, for: try request(reader), clockMilliseconds: 0).hasAdvanced)
        }
        let last = SyncAnswer(bookmark: [1], covered: [changes[0].scope], time: 0)
        _ = try reader.commitPage(last, for: try request(reader), clockMilliseconds: 0)
        #expect(try named() == [])
    }

    @Test func `a certificate that comes with a roster is kept`() throws {
        let store = try folder.store(1)
        let id = EntityID(milliseconds: 1, random: (0, 0))
        for certificate: [UInt8]? in [[1], nil, [2]] {
            let roster = Roster(
                position: 1, organisation: id, own: [], scopes: [], people: [], teams: [], certificate: certificate)
            _ = try store.commitPage(
                SyncAnswer(roster: roster, time: 0), for: try request(store), clockMilliseconds: 0)
            #expect(try store.database.read { try $0.metaBytes(.certificate) } == certificate ?? [1])
        }
    }

    @Test(arguments: [Int64.min, -1, 0, .max], [Int64.min, 0, .max])
    func `any clock on either side is taken`(time: Int64, clock: Int64) throws {
        let store = try folder.store(1)
        let progress = try store.commitPage(
            SyncAnswer(time: time), for: try request(store), clockMilliseconds: clock)
        let (difference, overflow) = time.subtractingReportingOverflow(clock)
        #expect(progress.clockOffset == (overflow ? (time >= 0 ? .max : .min) : difference))
    }

    @Test func `a relay that claims more than there is does no harm`() throws {
        let store = try folder.store(1)
        try store.put("x")
        var vector = VersionVector()
        vector[store.replica] = [.init(sequence: UInt64(Int64.max), check: .max)]
        let reports = [ScopeID.sample, .other, ScopeID(.design, .sample(3))].map {
            ScopeReport(scope: $0, vector: vector, digest: nil)
        }
        let progress = try store.commitPage(
            SyncAnswer(scopes: reports, time: 0, backup: .max), for: try request(store), clockMilliseconds: 0)
        #expect(progress.pushed <= 1)
        // The relay does not hold the own tip, so it is pushed still.
        #expect(try request(store).push.count == 1)
    }

    @Test func `a scope that was taken away and granted again is asked for by vector`() throws {
        let store = try folder.store(1)
        func roster(_ position: UInt64, _ scopes: [ScopeID]) -> Roster {
            Roster(
                position: position, organisation: .sample(9), own: [],
                scopes: scopes.map { ScopeOwner(scope: $0, campaign: .sample(8)) }, people: [], teams: [])
        }
        func commit(_ roster: Roster) throws -> SyncProgress {
            try store.commitPage(
                SyncAnswer(bookmark: [1], roster: roster, time: 0), for: try request(store), clockMilliseconds: 0)
        }
        let first = try commit(roster(1, [.sample, .other]))
        #expect(first.covered == 2)
        #expect(first.hasAdvanced)
        #expect(!first.hasUncoveredScopes)
        #expect(try request(store).vectors.isEmpty)
        #expect(try !commit(roster(2, [.sample])).hasUncoveredScopes)
        let again = try commit(roster(3, [.sample, .other]))
        #expect(again.hasAdvanced)
        #expect(again.hasUncoveredScopes)
        #expect(try request(store).vectors.map(\.scope) == [.other])
    }

    @Test func `a damaged fact in the file does not trap`() throws {
        let store = try folder.store(1)
        try store.database.write { connection in try connection.setMeta(.rosterPosition, .integer(-5)) }
        #expect(try request(store).roster == 0)
    }

    @Test(arguments: [Int64.min, -1, 0])
    func `a sequence number that no change has is damage and does not trap`(sequence: Int64) throws {
        let store = try folder.store(1)
        try store.put("x")
        try store.database.write { connection in
            try connection.run("UPDATE tip SET sequence = ?1", .integer(sequence))
        }
        let damage = StoreError.damaged("sequence number \(sequence)")
        #expect(throws: damage) { try request(store) }
        #expect(throws: damage) { try store.put("y") }
    }

    @Test func `a change of the relay's that cannot be read is not called a damaged file`() throws {
        let (store, replica) = (try folder.store(1), ReplicaID(rawValue: 5))
        let head = ChangeHead(
            contextDifference: VersionVector(), stamp: Stamp(milliseconds: 0), author: .sample(3))
        let change = Change(
            scope: .sample, replica: replica, sequence: 1, previous: .start(scope: .sample, replica: replica),
            head: head.encoded, body: [0xFF])
        let page = SyncAnswer(
            segments: [try Segment([change], startingContext: VersionVector()).encoded], time: 0)
        let error = #expect(throws: StoreError.self) {
            try store.commitPage(page, for: try request(store), clockMilliseconds: 0)
        }
        guard case .invalidChange? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.vector().isEmpty)
    }

    @Test func `equal vectors with different digests raise the alarm`() throws {
        let store = try folder.store(1)
        try store.put("x")
        let own = try #require(try request(store).reports.first)
        for (digest, divergent) in [(own.digest, []), (StateDigest(rawValue: 1), [ScopeID.sample])] {
            let report = ScopeReport(scope: .sample, vector: own.vector, digest: digest)
            let progress = try store.commitPage(
                SyncAnswer(scopes: [report], time: 0), for: try request(store), clockMilliseconds: 0)
            #expect(progress.divergent == divergent)
        }
        var other = own.vector
        other[ReplicaID(rawValue: 1)] = [.init(sequence: 1, check: 1)]
        let elsewhere = ScopeReport(scope: .sample, vector: other, digest: StateDigest(rawValue: 1))
        let progress = try store.commitPage(
            SyncAnswer(scopes: [elsewhere], time: 0), for: try request(store), clockMilliseconds: 0)
        #expect(progress.divergent.isEmpty)
    }

    @Test func `a state is reported until the relay was told exactly that state`() throws {
        let store = try folder.store(1)
        try store.put("x")
        let told = try request(store)
        #expect(told.reports.count == 1)
        try store.put("y")
        _ = try store.commitPage(SyncAnswer(time: 0), for: told, clockMilliseconds: 0)
        #expect(try request(store).reports.count == 1)
        _ = try store.commitPage(SyncAnswer(time: 0), for: try request(store), clockMilliseconds: 0)
        #expect(try request(store).reports.isEmpty)
    }

    /// The plan of every statement that a sync compiles: `sqlite_stmt` lists them, `EXPLAIN QUERY PLAN` explains them.
    @Test func `no statement of a sync or a write scans the log or the entities`() throws {
        let (author, reader) = (try folder.store(1), try folder.store(2))
        try author.put("x")
        try author.delete(1)
        try author.note(2, [.init(.put(1), field: "s", element: "e")])
        let answer = SyncAnswer(
            segments: [try segment(try author.log())], bookmark: [1],
            scopes: [ScopeReport(scope: .sample, vector: try author.vector(), digest: nil)], time: 0)
        _ = try reader.commitPage(answer, for: try request(reader), clockMilliseconds: 0)
        try reader.put("y")
        _ = try request(reader)
        func plans(_ connection: inout Connection) throws -> [String] {
            var statements: [String] = []
            var list = try connection.prepare("SELECT sql FROM sqlite_stmt")
            while try list.step() { statements.append(list.text(at: 0)) }
            var plans: [String] = []
            for sql in statements where sql.contains("SELECT") || sql.hasPrefix("UPDATE") || sql.hasPrefix("DELETE") {
                guard !sql.contains("sqlite_stmt") else { continue }
                var plan = try connection.prepare("EXPLAIN QUERY PLAN " + sql)
                while try plan.step() { plans.append("\(plan.text(at: 3)) in: \(sql)") }
            }
            return plans
        }
        let all =
            try reader.database.read { connection in try plans(&connection) }
            + reader.database.write { connection in try plans(&connection) }
        #expect(all.count > 15)
        for table in ["change", "entity", "version"] {
            #expect(all.contains { $0.hasPrefix("SEARCH \(table)") }, "\(table) is not read at all")
            #expect(all.filter { $0.hasPrefix("SCAN \(table)") } == [])
        }
    }

    @Test func `preparing a sync costs the same after a long history`() throws {
        func steps(afterChanges count: Int) throws -> Int64 {
            let store = try folder.store(UInt64(count))
            let edits = (0..<count).map { index in
                Edit(
                    scope: .sample,
                    edits: [
                        EntityEdit(
                            kind: "note", entity: .sample(UInt64(index)),
                            operations: [.init(.put(.integer(Int64(index))), field: "a")])
                    ])
            }
            try store.commit(edits, clockMilliseconds: 0)
            let report = ScopeReport(scope: .sample, vector: try store.vector(), digest: nil)
            _ = try store.commitPage(
                SyncAnswer(scopes: [report], time: 0), for: try request(store), clockMilliseconds: 0)
            func total() throws -> Int64 {
                try store.database.read { connection in
                    var statement = try connection.prepare(
                        "SELECT sum(nstep) FROM sqlite_stmt WHERE sql NOT LIKE '%sqlite_stmt%'")
                    return try statement.step() ? statement.int64(at: 0) : 0
                }
            }
            try store.put("new")
            let before = try total()
            #expect(try request(store).push.count == 1)
            return try total() - before
        }
        let short = try steps(afterChanges: 10)
        #expect(short > 0)
        #expect(try steps(afterChanges: 2_000) <= short + 20)
    }
}
