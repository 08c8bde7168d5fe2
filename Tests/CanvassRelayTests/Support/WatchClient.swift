import Glibc

/// A device that watches: the events of a stream as they come.
final class WatchClient {
    let status: Int
    private let descriptor: Int32
    private var received: [UInt8] = []

    convenience init(_ device: TestDevice, after position: UInt64? = nil) throws {
        try self.init(device.relay, token: device.token, after: position)
    }

    init(_ relay: TestRelay, token: String?, after position: UInt64? = nil) throws {
        descriptor = try RawClient.connect(to: relay.port)
        var headers = ["Accept": "text/event-stream"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if let position { headers["Last-Event-ID"] = "\(position)" }
        let request = RawClient.Request(method: "GET", path: "/v1/watch", headers: headers)
        do {
            try RawClient.write(request.bytes(isLast: false), to: descriptor)
            var head = ""
            while !head.contains("\r\n\r\n") {
                var byte: UInt8 = 0
                guard recv(descriptor, &byte, 1, 0) == 1 else { throw RawClient.Failure(operation: "read a head") }
                head.unicodeScalars.append(Unicode.Scalar(byte))
            }
            status = Int(head.dropFirst(9).prefix(3)) ?? 0
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The position of the next event that comes within the time given; nil for none. Heartbeats are passed over.
    func event(within seconds: Double) throws -> UInt64? {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if let blank = received.indices.dropLast().first(where: { received[$0] == 10 && received[$0 + 1] == 10 }) {
                let lines = String(decoding: received[..<blank], as: UTF8.self).split(separator: "\n")
                received.removeFirst(blank + 2)
                if let id = lines.first(where: { $0.hasPrefix("id: ") }) { return UInt64(id.dropFirst(4)) }
                continue
            }
            let left = end - .now
            guard left > .zero, try receive(within: left) else { return nil }
        }
    }

    /// Whether the relay ends the stream within the time given.
    func ends(within seconds: Double) throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while end > .now {
            let before = received.count
            guard try receive(within: end - .now) else { return false }
            if received.count == before { return true }
        }
        return false
    }

    /// False when time is up; nothing more in `received` means that the stream has ended.
    private func receive(within time: Duration) throws -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, Int32(max(1, time / .milliseconds(1)))) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw RawClient.Failure(operation: "recv") }
        received += buffer[..<count]
        return true
    }
}
