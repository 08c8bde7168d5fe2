import CanvassCRDT
import CanvassRelay
import CanvassWire
import TestSupport
import Testing

@Suite struct PagingTests {
    let relay: TestRelay
    let admin: TestDevice
    let campaign: EntityID
    let reviewer: TestDevice

    init() throws {
        relay = try TestRelay()
        admin = try relay.device("admin")
        campaign = try relay.campaign("Winter", by: admin)
        reviewer = try relay.device("reviewer", campaign: "Winter")
    }

    private func named(_ chain: Chain) -> ScopeReport {
        ScopeReport(scope: chain.scope, vector: chain.vector, digest: nil)
    }

    @Test(arguments: [0, 1, 300, 2_000, 1 << 20] as [UInt64])
    func `pages of any size give every segment once and in causal order`(pageBytes: UInt64) throws {
        var generator = SplitMix64(seed: 11)
        var writers = try (0..<3).map { _ in try relay.device("collector", campaign: "Winter") }
        writers.append(reviewer)
        var chains = writers.map { $0.chain(in: writers[0].responses.scope) }
        chains[1] = writers[1].responses
        chains[2] = writers[2].responses
        var pushed: [Segment] = []
        for _ in 0..<30 {
            let index = Int.random(in: 0..<chains.count, using: &generator)
            // The reviewer answers in the first collector's scope, on what is there.
            let seen = index == 3 && chains[0].sequence > 0 ? chains[0].vector : VersionVector()
            let segment = try chains[index].segment(count: Int.random(in: 1...4, using: &generator), seeing: seen)
            #expect(try writers[index].sync(push: [segment]).refused.isEmpty)
            pushed.append(segment)
        }
        let answers = try pages(of: reviewer, pageBytes: pageBytes)
        let received = try answers.flatMap { try $0.unsealed() }.filter { $0.scope.kind == .responses }
        #expect(received == pushed)
        #expect(pageBytes > 300 || answers.allSatisfy { $0.segments.count <= 2 })
        #expect(answers.dropLast().allSatisfy { $0.more && !$0.segments.isEmpty })
    }

    @Test func `a client that is up to date gets nothing and keeps its bookmark`() throws {
        let bookmark = try #require(try pages(of: reviewer).last).bookmark
        let answer = try reviewer.sync(bookmark: bookmark)
        #expect(answer.segments.isEmpty && !answer.more && !answer.isReset && answer.bookmark == bookmark)
        #expect(answer.scopes.isEmpty)
    }

    @Test func `the bookmark passes what the caller may not read`() throws {
        let collector = try relay.device("collector", campaign: "Winter")
        let before = try #require(try pages(of: collector).last).bookmark
        var office = reviewer.chain(in: ScopeID(.office, campaign))
        _ = try reviewer.sync(push: [office.segment(), office.segment()])
        let answer = try collector.sync(bookmark: before)
        #expect(answer.segments.isEmpty && !answer.more)
        #expect(answer.bookmark != before)
    }

    @Test func `a long stretch of what others may read is jumped over without losing anything`() throws {
        let collector = try relay.device("collector", campaign: "Winter")
        var (own, office) = (collector.responses, reviewer.chain(in: ScopeID(.office, campaign)))
        var expected: [Segment] = []
        for _ in 0..<3 {
            _ = try reviewer.sync(push: (0..<1100).map { _ in try office.segment() })
            let segment = try own.segment()
            expected.append(segment)
            _ = try collector.sync(push: [segment])
        }
        _ = try reviewer.sync(push: (0..<600).map { _ in try office.segment() })
        let fresh = try pages(of: collector)
        #expect(try fresh.flatMap { try $0.segments(in: own.scope) } == expected)
        #expect(fresh.count == 1)
        var half = collector.responses
        _ = try half.segment(count: 2)
        // The text of a change tells its number, so that the first two are the same changes in other segments.
        let lost = try collector.sync(vectors: [named(half)])
        #expect(try lost.segments(in: own.scope) == [expected[2]])
        #expect(lost.covered == [own.scope] && !lost.more)
        #expect(lost.bookmark == fresh.last?.bookmark)
    }

    @Test func `a bookmark of another history resets the client`() throws {
        var foreign = try #require(try pages(of: reviewer).last).bookmark
        foreign[foreign.count - 1] ^= 1
        var far = foreign
        far[0] = 0x7F
        for bookmark in [foreign, far, [], Array(foreign.dropLast()), [UInt8](repeating: 0xFF, count: 24)] {
            let answer = try reviewer.sync(bookmark: bookmark)
            #expect(answer.isReset && answer.segments.isEmpty)
        }
    }

    @Test func `a client without a bookmark is sent only what its vectors do not cover`() throws {
        let collector = try relay.device("collector", campaign: "Winter")
        var chain = collector.responses
        let first = try chain.segment(count: 2)
        let held = chain
        let second = try chain.segment()
        _ = try collector.sync(push: [first, second])
        let answer = try reviewer.sync(vectors: [named(held)])
        #expect(try answer.segments(in: chain.scope) == [second])
        #expect(answer.covered == [chain.scope])
        #expect(!answer.more)
        #expect(try reviewer.sync(bookmark: answer.bookmark).segments.isEmpty)
    }

    @Test(arguments: [1, 400, 1 << 20] as [UInt64])
    func `a client that lost its bookmark gets the rest once`(pageBytes: UInt64) throws {
        let collectors = try (0..<3).map { _ in try relay.device("collector", campaign: "Winter") }
        var chains = collectors.map(\.responses)
        var held: [Chain] = []
        for round in 0..<4 {
            for index in chains.indices { _ = try collectors[index].sync(push: [chains[index].segment()]) }
            if round == 1 { held = Array(chains[..<2]) }
        }
        // The reviewer holds half of two scopes and nothing of the third and of the design.
        var bookmark: [UInt8]?
        var vectors = held.map(named)
        var received: [Segment] = []
        var more = true
        while more, received.count < 100 {
            let answer = try reviewer.sync(bookmark: bookmark, vectors: vectors, pageBytes: pageBytes)
            let segments = try answer.decoded()
            received += segments
            for segment in segments {
                guard let index = vectors.firstIndex(where: { $0.scope == segment.scope }) else { continue }
                vectors[index].vector[segment.replica] = [
                    VersionVector.Tip(sequence: segment.lastSequence, check: segment.after.check)
                ]
            }
            vectors.removeAll { answer.covered.contains($0.scope) }
            bookmark = answer.bookmark
            more = answer.more
        }
        #expect(vectors.isEmpty)
        for (chain, count) in zip(chains, [2, 2, 4]) {
            #expect(received.filter { $0.scope == chain.scope }.map(\.firstSequence) == Array((5 - UInt64(count))...4))
        }
        #expect(received.filter { $0.scope.kind == .design }.count == 1)
    }

    @Test(arguments: [1, 1 << 20] as [UInt64])
    func `a scope that is granted later arrives by vector`(pageBytes: UInt64) throws {
        let collector = try relay.device("collector", campaign: "Winter", team: "North")
        var chain = collector.responses
        let segments = [try chain.segment(), try chain.segment(count: 2), try chain.segment()]
        for segment in segments { _ = try collector.sync(push: [segment]) }
        var late = try relay.device("collector", campaign: "Winter")
        let before = try #require(try pages(of: late).last).bookmark
        #expect(try late.sync(bookmark: before).segments.isEmpty)
        try late.join(relay.invite("supervisor", campaign: "Winter", team: "North"))
        let roster = try #require(try late.sync(bookmark: before).roster)
        #expect(roster.scopes.contains { $0.scope == chain.scope })
        var bookmark = before
        var report = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        var received: [Segment] = []
        for _ in 0..<20 {
            let answer = try late.sync(bookmark: bookmark, vectors: [report], pageBytes: pageBytes)
            received += try answer.segments(in: chain.scope)
            if let last = received.last {
                report.vector[last.replica] = [
                    VersionVector.Tip(sequence: last.lastSequence, check: last.after.check)
                ]
            }
            bookmark = answer.bookmark
            if answer.covered == [chain.scope] { break }
        }
        #expect(received == segments)
        #expect(try late.sync(bookmark: bookmark).segments.isEmpty)
    }

    @Test func `a client that does not know of a grant reads its roster before the next page`() throws {
        let collector = try relay.device("collector", campaign: "Winter", team: "North")
        var chain = collector.responses
        _ = try collector.sync(push: [chain.segment()])
        var late = try relay.device("collector", campaign: "Winter")
        let before = try #require(try pages(of: late).last)
        let roster = try #require(before.roster).position
        try late.join(relay.invite("supervisor", campaign: "Winter", team: "North"))
        _ = try collector.sync(push: [chain.segment()])
        let held = try late.sync(bookmark: before.bookmark, roster: roster)
        #expect(held.segments.isEmpty && held.more && held.bookmark == before.bookmark)
        let known = try #require(held.roster).position
        let report = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        let answer = try late.sync(bookmark: before.bookmark, vectors: [report], roster: known)
        #expect(try answer.segments(in: chain.scope).map(\.firstSequence) == [1, 2])
        #expect(!answer.more && answer.covered == [chain.scope])
    }

    @Test func `a scope that the caller may not read is not answered by vector`() throws {
        let (ada, bo) = (
            try relay.device("collector", campaign: "Winter"), try relay.device("collector", campaign: "Winter")
        )
        var chain = ada.responses
        _ = try ada.sync(push: [chain.segment()])
        let report = ScopeReport(scope: chain.scope, vector: VersionVector(), digest: nil)
        let answer = try bo.sync(vectors: [report])
        #expect(try answer.segments(in: chain.scope).isEmpty && answer.vector(of: chain.scope) == nil)
        #expect(answer.covered.isEmpty && !answer.more)
    }

    @Test func `a tip that the relay does not hold covers nothing`() throws {
        let collector = try relay.device("collector", campaign: "Winter")
        var chain = collector.responses
        let segment = try chain.segment(count: 2)
        _ = try collector.sync(push: [segment])
        _ = try chain.segment()
        #expect(try collector.sync(vectors: [named(chain)]).segments(in: chain.scope) == [segment])
        var absurd = VersionVector()
        absurd[collector.replica] = [VersionVector.Tip(sequence: UInt64(Int64.max), check: 0)]
        let report = ScopeReport(scope: chain.scope, vector: absurd, digest: nil)
        #expect(try collector.sync(vectors: [report]).segments(in: chain.scope) == [segment])
    }

    @Test func `a restart keeps everything and every bookmark`() throws {
        let collector = try relay.device("collector", campaign: "Winter")
        var chain = collector.responses
        let first = try chain.segment()
        _ = try collector.sync(push: [first])
        let before = try #require(try pages(of: reviewer).last)
        relay.stop()
        try relay.start()
        let same = try reviewer.sync(bookmark: before.bookmark, roster: try #require(before.roster).position)
        #expect(!same.isReset && same.segments.isEmpty && same.roster == nil)
        let second = try chain.segment()
        #expect(try collector.sync(push: [second]).refused.isEmpty)
        #expect(try reviewer.sync(bookmark: before.bookmark).segments(in: chain.scope) == [second])
        #expect(try pages(of: reviewer).flatMap { try $0.segments(in: chain.scope) } == [first, second])
    }

    @Test func `the roster is sent when it changed and only then`() throws {
        let start = try reviewer.sync()
        let first = try #require(start.roster)
        #expect(try reviewer.sync(roster: first.position, rosterSeal: start.rosterSeal).roster == nil)
        #expect(try reviewer.sync(bookmark: start.bookmark, roster: first.position).roster == nil)
        #expect(try reviewer.sync(roster: first.position).roster != nil, "of which history nothing shows")
        let collector = try relay.device("collector", campaign: "Winter", name: "Ada")
        let next = try reviewer.sync(roster: first.position, rosterSeal: start.rosterSeal)
        let second = try #require(next.roster)
        #expect(second.position > first.position)
        #expect(second.people.contains { $0.name == "Ada" && $0.devices == [collector.id] })
        _ = try relay.campaign("Summer", by: admin)
        let other = try reviewer.sync(roster: second.position, rosterSeal: next.rosterSeal)
        #expect(other.roster == nil, "another campaign is none of their business")
        _ = try relay.relay.revoke(collector.member.description)
        #expect(try reviewer.sync(roster: second.position).roster != nil)
    }
}
