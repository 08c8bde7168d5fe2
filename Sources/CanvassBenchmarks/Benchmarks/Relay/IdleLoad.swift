import Foundation

/// What connections cost on which nothing happens.
struct IdleLoad {
    private let session: BenchmarkSession

    init(_ session: BenchmarkSession) {
        self.session = session
    }

    func measure(_ relay: RelayProcess, into outcome: inout BenchmarkOutcome) throws {
        let count = session.rounds(5_000, quick: 500)
        let request = Array("GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n".utf8)
        guard let before = relay.residentBytes else {
            return outcome.skip("idle connections", because: "this system does not tell the memory of a process")
        }
        var generator = try LoadGenerator(connections: count, port: relay.port)
        var isAnswered = [Bool](repeating: false, count: count)
        try generator.run { index, answer in
            guard answer == nil else {
                isAnswered[index] = true
                return nil
            }
            return request
        }
        let after = relay.residentBytes ?? before
        guard isAnswered.allSatisfy(\.self) else { throw WrongResult("not all connections were answered") }
        outcome.add(
            Figure(
                name: "\(count) idle connections, each", unit: .bytes,
                samples: Samples([Double(max(0, after - before)) / Double(count)]), limit: .value(2_048)))
    }
}
