import CanvassSQLite
import CanvassStore
import CanvassWire
import Foundation

/// A reader who has nothing yet takes all that was pushed, page by page: in the segments of one change that `PushLoad` left,
/// and in whole ones.
struct PullLoad {
    /// Where the whole segments are.
    static let campaign = "Archive"

    let session: BenchmarkSession

    func measure(_ relay: RelayProcess, _ folder: URL, into outcome: inout BenchmarkOutcome) async throws {
        outcome.add(try await figure("pull of 1 MB, segments of 1", RelayBenchmark.campaign, relay))
        var archivist = try await PushingDevice(
            invite: try await relay.invite("collector", to: Self.campaign),
            count: session.rounds(20_000, quick: 1_000), segmentChanges: SyncLimits().segmentChanges, folder: folder)
        var line = try LoadGenerator(connections: 1, port: relay.port)
        try line.run { _, answer in try archivist.next(after: answer, upTo: archivist.segments.count) }
        outcome.add(try await figure("pull of 1 MB, whole segments", Self.campaign, relay))
    }

    private func figure(_ name: String, _ campaign: String, _ relay: RelayProcess) async throws -> Figure {
        let reader = try LoadDevice.reader(invite: try await relay.invite("reviewer", to: campaign), port: relay.port)
        var pulled = Samples()
        var read = Samples()
        for _ in 0..<session.rounds(7, quick: 2) {
            try session.checkInterrupt()
            pulled.add(try secondsOfMegabyte(reader, relay.port))
            read.add(try PullLoad.secondsToRead(relay.database))
        }
        return Figure(
            name: name, unit: .seconds, samples: pulled, anchor: .init(name: "SQLite reading all", samples: read))
    }

    private func secondsOfMegabyte(_ reader: LoadDevice, _ port: UInt16) throws -> Double {
        var reader = reader
        var bytes = 0
        var generator = try LoadGenerator(connections: 1, port: port)
        var seconds = 0.0
        var start = ContinuousClock.now
        try generator.run { _, answer in
            if let answer {
                // What a client does with a page is its own time.
                seconds += start.secondsUntilNow
                bytes += answer.body.count
                guard try reader.take(answer).more else { return nil }
            }
            let request = try reader.sync()
            start = .now
            return request
        }
        return seconds / Double(bytes) * 1e6
    }

    /// Seconds that reading a megabyte of segments takes in this process.
    private static func secondsToRead(_ file: URL) throws -> Double {
        let database = try Database(path: file.path, options: DatabaseOptions(mode: .readOnly))
        let start = ContinuousClock.now
        let bytes = try database.read { connection in
            var statement = try connection.cached("SELECT bytes FROM segment ORDER BY position")
            var bytes = 0
            while try statement.step() { bytes += statement.bytes(at: 0).count }
            return bytes
        }
        return start.secondsUntilNow / Double(bytes) * 1e6
    }
}
