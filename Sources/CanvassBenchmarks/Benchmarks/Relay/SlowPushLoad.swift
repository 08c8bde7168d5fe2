import CanvassRelay
import Foundation

/// The same pushes where each sync takes a millisecond: what a commit for many saves.
struct SlowPushLoad {
    let session: BenchmarkSession

    func measure(into outcome: inout BenchmarkOutcome) async throws {
        let rounds = session.rounds(3, quick: 1)
        let pushesOfRound = session.rounds(50, quick: 5)
        let folder = try session.scratch.makeFolder()
        let (pushed, committed) = try await SlowSync.during {
            let directory = RelayDirectory(path: folder.appending(path: "relay").path)
            try directory.create()
            let relay = try Relay(path: directory.databasePath, environment: .system())
            let thread = try ServingThread {
                let server = try RelayServer(relay: relay, host: "127.0.0.1", port: 0)
                return ServingThread.Server(port: server.port, stop: server.stopper.stop, run: server.run)
            }
            try relay.setPublicURL("http://127.0.0.1:\(thread.port)")
            let admin = try relay.invite(InviteOrder(roles: ["admin"])).link
            try await RelayBenchmark.makeCampaigns(admin, folder)
            let order = InviteOrder(
                campaign: RelayBenchmark.campaign, roles: ["collector"], uses: RelayBenchmark.connectionCount)
            var devices = try await PushingDevices(
                try relay.invite(order).link, pushes: rounds * pushesOfRound, folder)
            let samples = try devices.push(
                rounds: rounds, pushes: pushesOfRound, beside: session.rounds(200, quick: 20), port: thread.port,
                folder, session)
            _ = try thread.stop()
            return samples
        }
        outcome.add(
            Figure(
                name: "durable push, a sync takes 1 ms", unit: .seconds, samples: pushed,
                anchor: .init(name: "raw SQLite, a commit each", samples: committed)))
    }
}
