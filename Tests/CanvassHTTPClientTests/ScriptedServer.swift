import Foundation
import Glibc
import Synchronization

/// A server on a real socket that does with each connection what a test says, in a thread a connection.
final class ScriptedServer: Sendable {
    struct Failure: Error {
        let errorNumber = errno
    }

    /// One connection, from the server's side. It is closed when the script returns.
    struct Peer: Sendable {
        /// Which one it is, from 0.
        let number: Int
        fileprivate let socket: Int32

        /// The next request, without whatever follows its head and its Content-Length; nil when the client has closed.
        func request() -> String? {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            var missing = Int.max
            while missing > 0 {
                if missing < .max {
                    var block = [UInt8](repeating: 0, count: min(missing, 65_536))
                    let count = recv(socket, &block, block.count, 0)
                    guard count > 0 else { return nil }
                    bytes += block[..<count]
                    missing -= count
                    continue
                }
                guard recv(socket, &byte, 1, 0) == 1 else { return nil }
                bytes.append(byte)
                if bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                    let head = String(decoding: bytes, as: UTF8.self)
                    let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                    missing = length.flatMap { Int($0.dropFirst(16)) } ?? 0
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        func answer(_ body: String, more: String = "") {
            send("HTTP/1.1 200 OK\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// Whether the client closes.
        func isClosedByClient() -> Bool {
            var block = [UInt8](repeating: 0, count: 65_536)
            while true {
                if recv(socket, &block, block.count, 0) <= 0 { return true }
            }
        }

        /// Takes no more.
        func pause(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

        /// The end of the script resets the connection instead of closing it.
        func resetAtEnd() {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
    }

    private let listener: Int32
    private let count = Mutex(0)
    let port: UInt16

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { return }
                guard let number = self?.next() else {
                    close(client)
                    return
                }
                Thread.detachNewThread {
                    script(Peer(number: number, socket: client))
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }

    /// Connections accepted so far.
    var connections: Int { count.withLock { $0 } }

    var address: String { "http://127.0.0.1:\(port)" }
}
