import Foundation
import Glibc
import Synchronization

/// A link that breaks: it passes bytes on to a port of this machine and cuts connections after so many of them went one
/// way. Each connection has a thread of its own and gets one that ends with it.
final class CuttingProxy: Sendable {
    struct Failure: Error {
        let errorNumber = errno
    }

    /// A way through the link.
    enum Direction: Sendable, CaseIterable { case request, answer }

    /// What becomes of the next connections.
    private struct Plan {
        var direction: Direction
        var limit: Int
        var connections: Int
    }

    private let listener: Int32
    private let target: UInt16
    private let plan: Mutex<Plan>
    private let cut = Mutex(0)
    let url: String

    /// Cuts every connection after `limit` bytes of answers.
    init(to target: UInt16, cuttingAfter limit: Int = .max) throws {
        listener = CuttingProxy.socket()
        self.target = target
        plan = Mutex(Plan(direction: .answer, limit: limit, connections: .max))
        var address = CuttingProxy.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure() }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    self?.pass(client)
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Cuts the next connection after `limit` bytes went in one direction, and none after it.
    func cutNext(_ direction: Direction, after limit: Int) {
        plan.withLock { $0 = Plan(direction: direction, limit: limit, connections: 1) }
    }

    /// Connections that were cut.
    var cuts: Int { cut.withLock { $0 } }

    private func pass(_ client: Int32) {
        let relay = CuttingProxy.socket()
        defer { close(relay) }
        var address = CuttingProxy.address(port: target)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(relay, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return }
        let (cutDirection, limit) = plan.withLock { plan in
            guard plan.connections > 0 else { return (Direction.answer, Int.max) }
            plan.connections -= 1
            return (plan.direction, plan.limit)
        }
        var left = limit
        guard left > 0 else { return cut.withLock { $0 += 1 } }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var ready = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: relay, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 2, 30_000) > 0 else { return }
            let isAnswer = ready[1].revents != 0
            let count = recv(isAnswer ? relay : client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            let isCounted = (cutDirection == .answer) == isAnswer
            let share = isCounted ? min(count, left) : count
            guard CuttingProxy.sendAll(buffer[..<share], to: isAnswer ? client : relay) else { return }
            guard isCounted else { continue }
            left -= share
            if left == 0 {
                cut.withLock { $0 += 1 }
                return
            }
        }
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func socket() -> Int32 {
        Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
