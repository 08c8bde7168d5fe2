import CanvassHTTP
import CanvassHTTPServer
import Foundation
import Synchronization

/// A server in a thread of its own, on a port of its own. It stops with the last reference to it.
final class TestServer: Sendable {
    private final class Start: Sendable {
        let result = Mutex<Result<(HTTPAddress, HTTPServerStopper), HTTPServerError>?>(nil)
        let isKnown = DispatchSemaphore(value: 0)
    }

    struct DidNotStart: Error {}

    let address: HTTPAddress
    let stopper: HTTPServerStopper
    private let returned = DispatchSemaphore(value: 0)

    /// - Throws: what `bind` threw.
    init(
        _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(), clock: HTTPClock = .system,
        host: String = "127.0.0.1"
    ) throws {
        let start = Start()
        let returned = returned
        Thread.detachNewThread {
            do throws(HTTPServerError) {
                let server = try HTTPServer(configuration: configuration, clock: clock)
                let address = try server.bind(host: host, port: 0)
                start.result.withLock { $0 = .success((address, server.stopper)) }
                start.isKnown.signal()
                var handler = TestHandler()
                try server.run(&handler)
            } catch {
                start.result.withLock { $0 = .failure(error) }
                start.isKnown.signal()
            }
            returned.signal()
        }
        start.isKnown.wait()
        guard let result = start.result.withLock({ $0 }) else { throw DidNotStart() }
        (address, stopper) = try result.get()
    }

    deinit { stopper.stop() }

    /// Whether `run` returns within the time given.
    func returns(within seconds: Double) -> Bool { returned.wait(timeout: .now() + seconds) == .success }
}
