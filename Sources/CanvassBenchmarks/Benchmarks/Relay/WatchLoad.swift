import Foundation

/// How long it takes until everybody who watches knows of a push.
struct WatchLoad {
    private static let streamsOfDevice = 4

    let session: BenchmarkSession

    func measure(_ relay: RelayProcess, _ folder: URL, into outcome: inout BenchmarkOutcome) async throws {
        let deviceCount = session.rounds(250, quick: 10)
        let rounds = session.rounds(10, quick: 2)
        let invite = try await relay.invite("reviewer", to: RelayBenchmark.campaign, uses: deviceCount)
        let readers = try (0..<deviceCount).map { _ in try LoadDevice.reader(invite: invite, port: relay.port) }
        var pusher = try await PushingDevice(
            invite: try await relay.invite("collector", to: RelayBenchmark.campaign), count: rounds, folder: folder)
        var watchers = try LoadGenerator(connections: deviceCount * Self.streamsOfDevice, port: relay.port)
        for (index, connection) in watchers.connections.enumerated() {
            try connection.send(try readers[index / Self.streamsOfDevice].watch(), method: "GET")
        }
        // The first heartbeat says that the stream is open.
        _ = try watchers.awaitStreams { _, bytes in !bytes.isEmpty }
        var delays = Samples()
        var line = try LoadGenerator(connections: 1, port: relay.port)
        for round in 0..<rounds {
            try session.checkInterrupt()
            try await Task.sleep(for: .milliseconds(400))
            let start = ContinuousClock.now
            try line.run { _, answer in try pusher.next(after: answer, upTo: round + 1) }
            let times = try watchers.awaitStreams { _, bytes in
                bytes.contains { $0 == UInt8(ascii: "d") }
            }
            for time in times { delays.add(start.duration(to: time) / .seconds(1)) }
        }
        outcome.add(
            Figure(
                name: "\(FigureUnit.grouped(watchers.connections.count)) watchers hear of a push", unit: .seconds,
                samples: delays))
    }
}
