import CanvassCRDT
import CanvassCoding
import CanvassWire
import Foundation

/// Many devices, each pushing one change of about a kilobyte a request, durable when it is answered.
struct PushLoad {
    private let session: BenchmarkSession
    private let rounds: Int
    private let pushesOfRound: Int

    init(_ session: BenchmarkSession) {
        self.session = session
        rounds = session.rounds(5, quick: 2)
        pushesOfRound = session.rounds(150, quick: 10)
    }

    func measure(
        _ relay: RelayProcess, _ http: HTTPLayer.Cost, _ folder: URL, into outcome: inout BenchmarkOutcome
    ) async throws {
        let invite = try await relay.invite(
            "collector", to: RelayBenchmark.campaign, uses: RelayBenchmark.connectionCount)
        var devices = try await PushingDevices(invite, pushes: rounds * pushesOfRound, folder)
        let before = relay.processorSeconds
        let (pushed, committed) = try devices.push(
            rounds: rounds, pushes: pushesOfRound, beside: session.rounds(2_000, quick: 100), port: relay.port, folder,
            session)
        outcome.add(
            Figure(
                name: "durable push, 64 connections", unit: .seconds, samples: pushed,
                anchor: .init(name: "raw SQLite, a commit each", samples: committed)))
        outcome.add(
            Figure(name: "bytes of a request", unit: .bytes, samples: Samples([Double(try devices.requestBytes())])))
        guard let before, let after = relay.processorSeconds else {
            return outcome.skip("the relay's processor time", because: "this system does not tell it")
        }
        let total = (after - before) / Double(rounds * pushesOfRound * RelayBenchmark.connectionCount)
        try add(total, http, devices.sample, to: &outcome)
    }

    /// Where the processor time of a push goes.
    private func add(
        _ total: Double, _ http: HTTPLayer.Cost, _ sample: PushingDevice, to outcome: inout BenchmarkOutcome
    ) throws {
        let bytes = sample.device.message(pushing: sample.segments[0])
        let count = session.rounds(20_000, quick: 500)
        let reading = try ProcessorTime.perRepetition(count) {
            let request = try SyncRequest(decoding: bytes)
            for segment in request.push { _ = try Segment(decoding: segment).changes() }
        }
        let changes = try Segment(decoding: sample.segments[0]).changes()
        // Reading a segment makes the chain hashes of its changes.
        let chaining = ProcessorTime.perRepetition(count) {
            for change in changes {
                _ = change.previous.next(
                    headHash: SHA256.digest(of: change.head), bodyHash: SHA256.digest(of: change.body ?? []))
            }
        }
        let digesting = ProcessorTime.perRepetition(count) { _ = SHA256.digest(of: sample.segments[0]) }
        let (decoding, hashing) = (reading - chaining, chaining + digesting)
        let rest = total - http.samples.median - decoding - hashing
        for (name, seconds) in [
            ("push, CPU of the relay in all", total), ("… decoding", decoding), ("… hashing", hashing),
            ("… rules and storing", rest),
        ] {
            outcome.add(Figure(name: name, unit: .seconds, samples: Samples([seconds])))
        }
    }
}

/// One device on each connection.
struct PushingDevices {
    private var devices: [PushingDevice] = []

    init(_ invite: String, pushes: Int, _ folder: URL) async throws {
        for _ in 0..<RelayBenchmark.connectionCount {
            devices.append(try await PushingDevice(invite: invite, count: pushes, folder: folder))
        }
    }

    var sample: PushingDevice { devices[0] }

    func requestBytes() throws -> Int {
        try sample.device.sync(pushing: sample.segments[0]).count
    }

    /// Pushes in rounds, each beside rows that plain SQLite commits one by one.
    ///
    /// - Parameters:
    ///   - pushes: of a device in a round.
    ///   - rowCount: rows of a round.
    /// - Returns: seconds a push, and seconds a row.
    mutating func push(
        rounds: Int, pushes: Int, beside rowCount: Int, port: UInt16, _ folder: URL, _ session: BenchmarkSession
    ) throws -> (pushed: Samples, committed: Samples) {
        var raw = try RawDatabase(at: folder.appending(path: "raw.sqlite"))
        var pushed = Samples()
        var committed = Samples()
        for round in 1...rounds {
            try session.checkInterrupt()
            pushed.add(try push(upTo: round * pushes, port: port))
            committed.add(try RawPush.seconds(count: rowCount, into: &raw))
        }
        return (pushed, committed)
    }

    /// Pushes until each device has pushed `end` changes in all.
    ///
    /// - Returns: seconds a push.
    private mutating func push(upTo end: Int, port: UInt16) throws -> Double {
        let before = devices.reduce(0) { $0 + $1.pushed }
        var generator = try LoadGenerator(connections: devices.count, port: port)
        let start = ContinuousClock.now
        try generator.run { index, answer in try devices[index].next(after: answer, upTo: end) }
        let seconds = start.secondsUntilNow
        return seconds / Double(devices.reduce(0) { $0 + $1.pushed } - before)
    }
}

/// What plain SQLite does for a push: a row, durable before the next.
enum RawPush {
    /// - Returns: seconds a row.
    static func seconds(count: Int, into database: inout RawDatabase) throws -> Double {
        let rows = (0..<count).map { _ in
            let random = UUID().uuidString
            return StoredRow(
                hash: Array(random.utf8), head: [], body: [UInt8](repeating: 2, count: 900),
                entity: Array(random.utf8), fields: "")
        }
        let start = ContinuousClock.now
        for row in rows { try database.commit([row]) }
        return start.secondsUntilNow / Double(count)
    }
}
