import CanvassCRDT
import CanvassCoding
import CanvassWire
import Testing

@Suite struct DigestTests {
    let relay: TestRelay
    let reviewer: TestDevice
    let collector: TestDevice

    init() throws {
        relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        reviewer = try relay.device("reviewer", campaign: "Winter")
        collector = try relay.device("collector", campaign: "Winter")
    }

    private func report(_ chain: Chain, _ digest: UInt64?) -> ScopeReport {
        ScopeReport(scope: chain.scope, vector: chain.vector, digest: digest.map { StateDigest(rawValue: $0) })
    }

    private func digest(in answer: SyncAnswer, of chain: Chain) -> StateDigest? {
        answer.scopes.first { $0.scope == chain.scope }?.digest
    }

    private var alarms: [Value] {
        relay.logLines.compactMap { try? JSON.decode($0) }.filter { $0["event"]?.textValue == "digests differ" }
    }

    @Test func `a digest is passed on for exactly the vector it was reported for`() throws {
        var chain = collector.responses
        let segment = try chain.segment()
        let pushed = try collector.sync(push: [segment], reports: [report(chain, 42)])
        #expect(digest(in: pushed, of: chain) == StateDigest(rawValue: 42))
        let asked = try reviewer.sync(vectors: [report(chain, nil)])
        #expect(digest(in: asked, of: chain) == StateDigest(rawValue: 42))
        let next = try collector.sync(push: [chain.segment()])
        #expect(next.vector(of: chain.scope) == chain.vector)
        #expect(digest(in: next, of: chain) == nil)
    }

    @Test func `two digests for one vector raise an alarm and the first stays`() throws {
        var chain = collector.responses
        _ = try collector.sync(push: [chain.segment()], reports: [report(chain, 42)])
        _ = try reviewer.sync(reports: [report(chain, 42)])
        #expect(alarms.isEmpty)
        let answer = try reviewer.sync(vectors: [report(chain, nil)], reports: [report(chain, 43)])
        #expect(digest(in: answer, of: chain) == StateDigest(rawValue: 42))
        #expect(alarms.count == 1)
        #expect(alarms.first?["level"]?.textValue == "error")
        #expect(alarms.first?["alarms"]?.integerValue == 1)
    }

    @Test func `a report from somebody who may not read the scope counts for nothing`() throws {
        var chain = collector.responses
        _ = try collector.sync(push: [chain.segment()])
        let other = try relay.device("collector", campaign: "Winter")
        _ = try other.sync(reports: [report(chain, 7)])
        let answer = try collector.sync(vectors: [report(chain, nil)])
        #expect(answer.vector(of: chain.scope) == chain.vector)
        #expect(digest(in: answer, of: chain) == nil)
    }
}
