import CanvassHTTP
import Foundation

/// What came back for one request of the load generator.
struct LoadAnswer {
    var status = 0
    var contentType = ""
    var body: [UInt8] = []
}

/// A kept connection to a server on this machine, with one request under way at a time.
final class LoadConnection {
    let descriptor: FileDescriptor
    private var parser: HTTPResponseParser
    private var answer = LoadAnswer()

    /// - Throws: `WrongResult` where nobody listens at the port, or no descriptor is left.
    init(port: UInt16) throws {
        let number = socket(AF_INET, LoopbackSocket.stream, 0)
        guard number >= 0 else { throw WrongResult("no socket: \(String(cString: strerror(errno)))") }
        descriptor = FileDescriptor(number)
        var limits = HTTPLimits()
        limits.body = .max
        parser = HTTPResponseParser(limits: limits)
        var address = LoopbackSocket.address(port: port)
        let connected = LoopbackSocket.withAddress(&address) { connect(number, $0, $1) }
        guard connected == 0, descriptor.enable(Int32(TCP_NODELAY), level: Int32(IPPROTO_TCP)) else {
            throw WrongResult("no connection: \(String(cString: strerror(errno)))")
        }
    }

    /// Sends a request; its answer comes from `receive`.
    func send(_ request: [UInt8], method: String = "POST") throws {
        parser.expect(answerTo: method)
        answer = LoadAnswer()
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                Foundation.send(descriptor.number, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, 0)
            }
            guard count > 0 else { throw WrongResult("a request was cut off: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// Reads what has come, waiting for something to come.
    ///
    /// - Parameter buffer: is overwritten.
    /// - Returns: the answer once it is whole. That of a stream never is: see `received`.
    func receive(into buffer: inout [UInt8]) throws -> LoadAnswer? {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor.number, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw WrongResult("the server closed a connection") }
        parser.feed(buffer.span.extracting(0..<count))
        while true {
            switch parser.next() {
            case .needMore: return nil
            case .head(let head):
                answer.status = head.status
                answer.contentType = head.headers["Content-Type"] ?? ""
            case .body(let bytes): answer.body += bytes
            case .end: return answer
            case .failure(let failure): throw WrongResult("an answer cannot be read: \(failure)")
            }
        }
    }

    /// Takes what has come so far of an answer that has no end.
    func takeReceived() -> [UInt8] {
        defer { answer.body = [] }
        return answer.body
    }
}
