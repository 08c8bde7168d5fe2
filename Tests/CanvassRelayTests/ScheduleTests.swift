import CanvassCRDT
import CanvassWire
import TestSupport
import Testing

/// Random schedules of pushes, pages, forks, late grants and lost bookmarks, with clients that check every segment.
@Suite struct ScheduleTests {
    @Test func `whatever the schedule everybody ends with all they may read and nothing twice`() throws {
        var generator = SplitMix64.forTest("ScheduleTests")
        for _ in 0..<6 { try run(using: &generator) }
    }

    private func run(using generator: inout SplitMix64) throws {
        let relay = try TestRelay()
        let admin = try relay.device("admin")
        _ = try relay.campaign("Winter", by: admin)
        let collectors = [
            try relay.device("collector", campaign: "Winter", team: "North"),
            try relay.device("collector", campaign: "Winter", team: "South"),
        ]
        var clients = collectors.map(ModelClient.init)
        clients.append(ModelClient(try relay.device("reviewer", campaign: "Winter")))
        clients.append(ModelClient(try relay.device("supervisor", campaign: "Winter", team: "North")))
        // Everybody who may writes into the collectors' scopes; the first collector's database was copied.
        var chains: [(client: Int, chain: Chain)] = []
        for (index, collector) in collectors.enumerated() {
            for writer in index == 0 ? [0, 2, 3] : [1, 2] {
                chains.append((writer, clients[writer].device.chain(in: collector.responses.scope)))
            }
        }
        for step in 0..<80 {
            let client = Int.random(in: 0..<clients.count, using: &generator)
            let pageBytes = UInt64.random(in: 0...2_000, using: &generator)
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: clients[client].loseBookmark()
            case 1 where step > 30:
                try clients[3].device.join(relay.invite("supervisor", campaign: "Winter", team: "South"))
            case 2 where chains.count < 8:
                chains.append(chains[0])
            case 3..<12:
                let index = Int.random(in: 0..<chains.count, using: &generator)
                let writer = chains[index].client
                let news = clients[writer].news(for: chains[index].chain)
                let segment = try chains[index].chain.segment(
                    count: Int.random(in: 1...3, using: &generator), text: "step \(step)", seeing: news)
                try clients[writer].sync(push: [segment], pageBytes: pageBytes)
            default: try clients[client].sync(pageBytes: pageBytes)
            }
        }
        try settle(&clients)
        try check(clients, relay)
    }

    private func settle(_ clients: inout [ModelClient]) throws {
        for index in clients.indices {
            var pages = 0
            repeat {
                try clients[index].sync(pageBytes: 700)
                pages += 1
            } while !clients[index].isDone && pages < 500
            #expect(clients[index].isDone, "client \(index) never comes to an end")
        }
    }

    private func check(_ clients: [ModelClient], _ relay: TestRelay) throws {
        for (index, client) in clients.enumerated() {
            let roster = try #require(try client.device.sync().roster)
            for scope in roster.scopes.map(\.scope) {
                let report = ScopeReport(scope: scope, vector: VersionVector(), digest: nil)
                let held = client.vectors[scope] ?? VersionVector()
                #expect(
                    try client.device.sync(vectors: [report]).vector(of: scope) == held, "client \(index), \(scope)")
            }
            #expect(Set(client.vectors.keys).isSubset(of: roster.scopes.map(\.scope)))
            #expect(client.repeatedCount == 0, "client \(index) got segments twice")
        }
    }
}
