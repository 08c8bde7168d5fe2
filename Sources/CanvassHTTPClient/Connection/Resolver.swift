import Dispatch
import Foundation
import Synchronization

/// Looks up the addresses of a host. The system's call may take as long as it likes, so it gets a thread that nobody waits
/// for longer than the time there is.
enum Resolver {
    struct Address: Sendable {
        var family: Int32
        /// A socket address of that family.
        var bytes: [UInt8]
    }

    private enum Answer: Sendable {
        case addresses([Address])
        case failed(Int32)
    }

    private final class Question: Sendable {
        let answer = Mutex<Answer?>(nil)
        let isAnswered = DispatchSemaphore(value: 0)
    }

    /// The addresses in the order in which to try them; at least one.
    static func addresses(
        host: String, port: UInt16, until deadline: ContinuousClock.Instant
    ) throws(HTTPClientError) -> [Address] {
        if case .addresses(let found) = lookUp(host, port, flags: AI_NUMERICHOST) { return found }
        let question = Question()
        Thread.detachNewThread {
            let answer = lookUp(host, port, flags: 0)
            question.answer.withLock { $0 = answer }
            question.isAnswered.signal()
        }
        let milliseconds = max((deadline - .now) / .milliseconds(1), 0)
        guard question.isAnswered.wait(timeout: .now() + .milliseconds(Int(milliseconds))) == .success,
            let answer = question.answer.withLock({ $0 })
        else { throw .unknownHost("its name was looked up in vain") }
        switch answer {
        case .addresses(let found): return found
        case .failed(let code): throw .unknownHost(String(cString: gai_strerror(code)))
        }
    }

    private static func lookUp(_ host: String, _ port: UInt16, flags: Int32) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else { return .failed(code) }
        defer { freeaddrinfo(list) }
        var found: [Address] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
                found.append(Address(family: entry.ai_family, bytes: Array(bytes)))
            }
            next = entry.ai_next
        }
        return found.isEmpty ? .failed(EAI_NONAME) : .addresses(found)
    }
}
