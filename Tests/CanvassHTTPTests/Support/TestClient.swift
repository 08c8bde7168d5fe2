import CanvassHTTP
import CanvassHTTPServer
import Glibc

/// A plain blocking socket, so that tests send exactly the bytes they mean. Waits five seconds at most.
final class TestClient {
    struct Failure: Error {
        var operation: String
        var errorNumber = errno
    }

    /// An answer as it came.
    struct Answer: Equatable {
        var status: Int
        var head: String
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func has(_ line: String) -> Bool { head.contains("\r\n\(line)\r\n") }
    }

    private let socket: Int32
    private var received: [UInt8] = []

    init(_ server: TestServer, receiveBuffer: Int32? = nil) throws {
        let isV6 = server.address.host.contains(":")
        socket = Glibc.socket(isV6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(operation: "socket") }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        guard connect(toPort: server.address.port, isV6: isV6) == 0 else {
            let failure = Failure(operation: "connect")
            Glibc.close(socket)
            throw failure
        }
    }

    deinit { Glibc.close(socket) }

    private func connect(toPort port: UInt16, isV6: Bool) -> Int32 {
        if isV6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return connect(to: &address)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return connect(to: &address)
    }

    private func connect<Address>(to address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(operation: "send") }
            sent += count
        }
    }

    func closeSendingHalf() { _ = shutdown(socket, Int32(SHUT_WR)) }

    /// Closes with a reset, as a client that crashes does.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        _ = shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Reads more. False when the server has closed.
    @discardableResult
    func receiveSome() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(operation: "receive") }
        received += buffer[..<count]
        return count > 0
    }

    /// The next answer; `hasBody` is false after HEAD.
    func answer(hasBody: Bool = true) throws -> Answer {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            if let start = (searched..<max(searched, received.count - 3)).first(where: {
                received[$0..<($0 + 4)].elementsEqual(end)
            }) {
                let head = String(decoding: received[..<(start + 4)], as: UTF8.self)
                received.removeFirst(start + 4)
                let length = hasBody ? Self.contentLength(of: head) : 0
                while received.count < length {
                    guard try receiveSome() else { throw Failure(operation: "receive a whole body") }
                }
                let body = Array(received[..<length])
                received.removeFirst(length)
                return Answer(status: Int(head.dropFirst(9).prefix(3)) ?? 0, head: head, body: body)
            }
            searched = max(0, received.count - 3)
            guard try receiveSome() else { throw Failure(operation: "receive a whole head", errorNumber: 0) }
        }
    }

    private static func contentLength(of head: String) -> Int {
        for line in head.split(separator: "\r\n") where line.hasPrefix("Content-Length: ") {
            return Int(line.dropFirst(16)) ?? 0
        }
        return 0
    }

    /// All that comes until the server closes.
    func rest() throws -> String {
        while try receiveSome() {}
        return takeReceived()
    }

    func receive(atLeast count: Int) throws {
        while received.count < count {
            guard try receiveSome() else { throw Failure(operation: "receive \(count) bytes", errorNumber: 0) }
        }
    }

    func takeReceived() -> String {
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether one read brings a whole answer with a body of that size.
    func receivesAnswerAtOnce(byteCount: Int) throws -> Bool {
        try receiveSome()
        let head = String(decoding: received.dropLast(byteCount), as: UTF8.self)
        let isWhole = head.hasPrefix("HTTP/1.1 ") && head.hasSuffix("\r\n\r\n")
        received = []
        return isWhole
    }

    /// Whether nothing more comes and the server closes.
    func isClosedByServer() throws -> Bool { try received.isEmpty && !receiveSome() }

    /// Sends a GET and returns its answer.
    func get(_ path: String) throws -> Answer {
        try send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        return try answer()
    }
}
