import Foundation

/// What connections cost on which nothing happens.
struct IdleLoad {
    let session: BenchmarkSession

    func measure(_ relay: RelayProcess, into outcome: inout BenchmarkOutcome) throws {
        let count = session.rounds(5_000, quick: 500)
        let request = Array("GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n".utf8)
        guard let before = relay.residentBytes else {
            return outcome.skip("idle connections", because: "this system does not tell the memory of a process")
        }
        var generator = try LoadGenerator(connections: count, port: relay.port)
        try generator.run { _, answer in
            guard let answer else { return request }
            guard answer.status == 200 else { throw WrongResult("an answer is no 200") }
            return nil
        }
        let after = relay.residentBytes ?? before
        outcome.add(
            Figure(
                name: "\(FigureUnit.grouped(count)) idle connections, each", unit: .bytes,
                samples: Samples([Double(max(0, after - before)) / Double(count)])))
    }
}
