import Canvass
import CanvassHTTPClient
import CanvassRelay
import CanvassStore
import Foundation
import TestSupport
import Testing

/// A link that is cut at one byte of a sync after the other, both ways, on real sockets.
///
/// `CANVASS_CUTS=all` cuts at every byte; without it, at every 61st.
struct EveryByteTests {
    private static let step = ProcessInfo.processInfo.environment["CANVASS_CUTS"] == "all" ? 1 : 61

    /// Two people who read the same responses, and the link of one of them.
    private struct Field {
        let world: World
        let ana: Replica
        let sue: Replica
        let proxy: CuttingProxy

        init() async throws {
            world = try World()
            _ = try await world.designer()
            ana = try await world.join("Ana", ["collector"], team: "north")
            sue = try await world.join("Sue", ["supervisor", "collector"], team: "north")
            proxy = try CuttingProxy(
                to: try #require(URL(string: world.relay.url)?.port.flatMap { UInt16(exactly: $0) }))
        }

        /// One sync of Sue's over the link, which tries again when it was cut.
        func sync() async throws -> SyncOutcome {
            let transport = try #require(HTTPTransport(address: proxy.url))
            return try await sue.sync(
                over: transport, token: sue.token ?? "", relay: proxy.url, pause: { _ in })
        }
    }

    @Test(arguments: CuttingProxy.Direction.allCases)
    func `cut anywhere, a sync is whole after the next try`(_ direction: CuttingProxy.Direction) async throws {
        let field = try await Field()
        var recorded = 0
        var position = 0
        var cuts: [Int] = []
        while true {
            // Something to bring and something to fetch, each time.
            try field.ana.take(Int64(position % 11))
            try await field.ana.sync()
            try field.sue.take(Int64(position % 11))
            recorded += 2
            field.proxy.cutNext(direction, after: position)
            let before = field.proxy.cuts
            let outcome = try await field.sync()
            #expect(outcome.refused.isEmpty && outcome.divergent.isEmpty)
            let status = try field.sue.status()
            #expect(status.responses == recorded && status.unsynced == 0, "cut after \(position) bytes")
            guard field.proxy.cuts > before else { break }
            cuts.append(position)
            position += Self.step
        }
        // A sync is a request and an answer of several hundred bytes each.
        #expect(cuts.count > 2)
        print("cut \(cuts.count) syncs in the \(direction), the last after \(cuts.last ?? 0) bytes")
        // Nothing is at the relay twice, and nobody sees anything else there.
        let reviewer = try await field.world.join("Rita", ["reviewer"])
        #expect(try reviewer.status().responses == recorded)
        #expect(try agreement(reviewer, field.sue).differing.isEmpty)
        #expect(
            try reviewer.status().scopes.reduce(0) { $0 + $1.changes }
                == field.sue.status().scopes.reduce(0) { $0 + $1.changes })
        #expect(try field.sue.examine().isSound)
    }

    @Test func `a cut answer was committed before it was sent, and a cut request was not taken in part`() async throws {
        let field = try await Field()
        try field.sue.take(1)
        _ = try await field.sync()
        var atRelay = 1
        for direction in CuttingProxy.Direction.allCases {
            // Both lie within the body: the heads have some 240 and 135 bytes.
            try field.sue.take(2)
            field.proxy.cutNext(direction, after: direction == .request ? 330 : 180)
            let transport = try #require(HTTPTransport(address: field.proxy.url))
            struct Stopped: Error {}
            _ = await failure {
                _ = try await field.sue.sync(
                    over: transport, token: field.sue.token ?? "", relay: field.proxy.url,
                    pause: { _ in throw Stopped() })
            }
            // Here nothing is acknowledged yet; the relay has all of a request or nothing of it.
            #expect(try field.sue.status().unsynced == 1)
            if direction == .answer { atRelay += 1 }
            let reader = try await field.world.join("Reader \(direction)", ["reviewer"])
            #expect(try reader.status().responses == atRelay)
            #expect(try await field.sync().refused.isEmpty)
            #expect(try field.sue.status().unsynced == 0)
            if direction == .request { atRelay += 1 }
        }
    }
}
