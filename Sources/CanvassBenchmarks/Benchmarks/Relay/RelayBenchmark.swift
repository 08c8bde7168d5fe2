import Canvass
import Foundation

/// The relay under load: durable pushes, pulls, idle connections and watchers, and what a request costs its processor.
///
/// The load comes from this process, over the loopback interface, and shares the machine with the relay.
struct RelayBenchmark: Benchmark {
    let name = "relay"
    let summary = "pushes, pulls, idle connections and watchers of one relay"

    static let campaign = "Benchmark"
    static let connectionCount = 64

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let http = try HTTPLayer().measure(session)
        outcome.add(http.figure)
        guard let executable = session.executable("canvass-relay") else {
            return outcome.skip("the relay", because: BenchmarkSession.relayIsAbsent)
        }
        let folder = try session.scratch.makeFolder()
        try await RelayProcess.serving(executable, in: folder) { relay in
            // First, while the relay has no memory to spare from other work.
            try IdleLoad(session: session).measure(relay, into: &outcome)
            try await RelayBenchmark.makeCampaigns(relay.adminInvite, folder)
            try session.checkInterrupt()
            try await PushLoad(session).measure(relay, http, folder, into: &outcome)
            try session.checkInterrupt()
            try await PullLoad(session: session).measure(relay, folder, into: &outcome)
            try session.checkInterrupt()
            try await WatchLoad(session: session).measure(relay, folder, into: &outcome)
        }
        try session.checkInterrupt()
        try await SlowPushLoad(session: session).measure(into: &outcome)
    }

    /// Makes the campaigns that devices are invited to.
    static func makeCampaigns(_ invite: String, _ folder: URL) async throws {
        let admin = try Replica.create(at: folder.appending(path: "admin.canvass").path)
        try await admin.join(invite)
        try await admin.sync()
        for name in [campaign, PullLoad.campaign] { _ = try admin.createCampaign(named: name) }
        try await admin.sync()
    }
}
