import Canvass
import CanvassCoding
import CanvassHTTPClient
import CanvassRelay
import Foundation
import TestSupport
import Testing

/// Links that break, and what is no relay.
struct BrokenLinkTests {
    @Test func `a link that breaks every 60 kB brings 3,000 responses in the end`() async throws {
        let world = try World()
        _ = try await world.designer()
        let ana = try await world.join("Ana", ["collector"])
        // Comments that do not compress make the page larger than what the link lets through.
        var chance = SplitMix64(seed: 5)
        for number in 0..<3_000 {
            let comment = (0..<8).map { _ in String(chance.next(), radix: 36) }.joined()
            try ana.take(Int64(number % 11), .init("comment", .text(comment)))
        }
        try await ana.sync()
        let port = try #require(URL(string: world.relay.url)?.port)
        let proxy = try CuttingProxy(to: #require(UInt16(exactly: port)), cuttingAfter: 60_000)
        let reviewer = try world.replica("Rita")
        try await reviewer.join(world.relay.invite(InviteOrder(campaign: "visits", roles: ["reviewer"], name: "Rita")))
        let transport = try #require(HTTPTransport(address: proxy.url))
        let outcome = try await reviewer.sync(
            over: transport, token: reviewer.token ?? "", relay: proxy.url, pause: { _ in })
        #expect(try reviewer.status().responses == 3_000)
        #expect(outcome.rounds > 1)
        #expect(proxy.cuts > 1)
    }

    @Test func `an address without a relay is named in words`() async throws {
        let replica = try World().replica("a")
        let refused = await failure { try await replica.join("http://127.0.0.1:1/join#X") }
        #expect(refused?.code == .relayUnreachable)
        #expect(
            refused?.message.contains("nothing accepts connections there") == true, "\(String(describing: refused))")
        #expect(refused?.remedy.contains("sync") == false)
        let unknown = await failure { try await replica.join("http://nosuch.invalid/join#X") }
        #expect(unknown?.message.contains("\"nosuch.invalid\"") == true, "\(String(describing: unknown))")
        let world = try World()
        let secure = world.relay.url.replacing("http:", with: "https:")
        let plain = await failure { try await replica.join("\(secure)/join#X") }
        #expect(plain?.message.contains("https to an http address?") == true, "\(String(describing: plain))")
    }
}
