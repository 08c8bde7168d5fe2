import CanvassCoding
import Glibc

/// One request a connection over a plain blocking socket, so that tests send exactly the bytes they mean.
enum RawClient {
    struct Failure: Error {
        let operation: String
        let code = errno
    }

    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]

        /// The value of a header field, by its name in lower case.
        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name { return String(parts[1].dropFirst()) }
            }
            return nil
        }

        func json() throws -> Value { try JSON.decode(body) }
    }

    struct Request {
        let method: String
        let path: String
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        func bytes(isLast: Bool) -> [UInt8] {
            var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            if isLast { text += "Connection: close\r\n" }
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            return Array((text + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
        }
    }

    static func send(
        _ method: String, _ path: String, port: UInt16, headers: [String: String] = [:], body: [UInt8] = []
    ) throws -> Answer {
        let request = Request(method: method, path: path, headers: headers, body: body)
        guard let answer = try pipeline([request], port: port).first else { throw Failure(operation: "answer") }
        return answer
    }

    /// Sends a request but for its last byte, and that after `interlude`.
    static func send(_ request: Request, port: UInt16, interrupted interlude: () throws -> Void) throws -> Answer {
        let descriptor = try connect(to: port)
        defer { close(descriptor) }
        let bytes = request.bytes(isLast: false)
        try write(Array(bytes.dropLast()), to: descriptor)
        // Until it has arrived, there is nothing to be interrupted.
        usleep(200_000)
        try interlude()
        try write(Array(bytes.suffix(1)), to: descriptor)
        var rest = try readAll(from: descriptor)[...]
        return try parse(&rest)
    }

    /// Sends requests in one go, so that the server finds them in one turn, and reads all answers.
    static func pipeline(_ requests: [Request], port: UInt16) throws -> [Answer] {
        let descriptor = try connect(to: port)
        defer { close(descriptor) }
        let bytes = requests.enumerated().flatMap { $1.bytes(isLast: $0 == requests.count - 1) }
        try write(bytes, to: descriptor)
        var rest = try readAll(from: descriptor)[...]
        var answers: [Answer] = []
        while !rest.isEmpty { answers.append(try parse(&rest)) }
        return answers
    }

    static func connect(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(operation: "socket") }
        // A thousand segments in one push take a database server half a minute where the machine is busy.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw Failure(operation: "connect")
        }
        return descriptor
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(operation: "send") }
            sent += count
        }
    }

    private static func readAll(from descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failure(operation: "recv") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func parse(_ bytes: inout ArraySlice<UInt8>) throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.dropLast(3).first(where: { bytes[$0..<($0 + 4)].elementsEqual(separator) })
        else { throw Failure(operation: "parse") }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        bytes = bytes[(end + 4)...]
        guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(operation: "parse")
        }
        let answer = Answer(status: status, head: head, body: [])
        guard let count = answer.header("content-length").flatMap({ Int($0) }), count <= bytes.count else {
            throw Failure(operation: "parse")
        }
        defer { bytes = bytes.dropFirst(count) }
        return Answer(status: status, head: head, body: Array(bytes.prefix(count)))
    }
}
