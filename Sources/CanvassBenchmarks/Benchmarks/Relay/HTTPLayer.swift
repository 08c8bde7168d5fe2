import CanvassHTTP
import CanvassHTTPServer

/// The HTTP layer alone: requests of a kilobyte, each with the same answer.
struct HTTPLayer {
    struct Cost {
        /// Seconds of the processor that a request takes.
        var samples: Samples

        var figure: Figure {
            Figure(name: "HTTP alone, CPU of a request of 1 kB", unit: .seconds, samples: samples)
        }
    }

    private struct ConstantAnswer: HTTPHandler {
        private let answer = HTTPResponse(
            status: 200, headers: ["Content-Type": "application/cbor"], body: [UInt8](repeating: 7, count: 64))

        mutating func handle(_ batch: [HTTPIncomingRequest]) -> [HTTPResponse] { batch.map { _ in answer } }
        mutating func nextParts() -> [HTTPStreamPart] { [] }
        mutating func streamEnded(_ connectionID: UInt64) {}
    }

    func measure(_ session: BenchmarkSession) throws -> Cost {
        let request = try LoadDevice.bytes(
            HTTPRequest(
                method: "POST", path: "/v1/sync",
                headers: [
                    "Content-Type": "application/cbor", "Accept": "application/cbor",
                    "Authorization": "Bearer ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                ], body: [UInt8](repeating: 1, count: 1_024)))
        let requestsOfConnection = session.rounds(400, quick: 40)
        var samples = Samples()
        for _ in 0..<session.rounds(5, quick: 2) {
            try session.checkInterrupt()
            let thread = try ServingThread {
                let server = try HTTPServer()
                let address = try server.bind(host: "127.0.0.1", port: 0)
                return ServingThread.Server(port: address.port, stop: server.stopper.stop) {
                    var handler = ConstantAnswer()
                    try server.run(&handler)
                }
            }
            var generator = try LoadGenerator(connections: RelayBenchmark.connectionCount, port: thread.port)
            var sent = [Int](repeating: 0, count: RelayBenchmark.connectionCount)
            try generator.run { index, answer in
                guard answer.map({ $0.status == 200 }) ?? true else { throw WrongResult("an answer is no 200") }
                sent[index] += 1
                return sent[index] <= requestsOfConnection ? request : nil
            }
            let requests = RelayBenchmark.connectionCount * requestsOfConnection
            samples.add(try thread.stop() / Double(requests))
        }
        return Cost(samples: samples)
    }
}
