import Foundation
import Synchronization

/// A thread of this process that serves at a port.
final class ServingThread: Sendable {
    /// A server, made on the thread that it belongs to.
    struct Server {
        var port: UInt16
        /// Ends `run`, from any thread.
        var stop: @Sendable () -> Void
        var run: () throws -> Void
    }

    private struct Serving: Sendable {
        var port: UInt16
        var stop: @Sendable () -> Void
    }

    private final class State: Sendable {
        let start = Mutex<Result<Serving, any Error>?>(nil)
        let isReady = DispatchSemaphore(value: 0)
        /// Seconds of the processor, or why it broke off.
        let end = Mutex<Result<Double, any Error>?>(nil)
        let hasEnded = DispatchSemaphore(value: 0)
    }

    private let state = State()
    let port: UInt16
    private let stopServer: @Sendable () -> Void

    init(_ make: @escaping @Sendable () throws -> Server) throws {
        Thread.detachNewThread { [state] in
            let end = Result {
                let server: Server
                do {
                    server = try make()
                } catch {
                    state.start.withLock { $0 = .failure(error) }
                    state.isReady.signal()
                    throw error
                }
                state.start.withLock { $0 = .success(Serving(port: server.port, stop: server.stop)) }
                state.isReady.signal()
                let before = ProcessorTime.ofThread()
                try server.run()
                return ProcessorTime.ofThread() - before
            }
            state.end.withLock { $0 = end }
            state.hasEnded.signal()
        }
        state.isReady.wait()
        guard let serving = try state.start.withLock({ $0 })?.get() else { throw WrongResult("no server was started") }
        (port, stopServer) = (serving.port, serving.stop)
    }

    /// Ends the server, and waits for its end.
    ///
    /// - Returns: seconds of the processor that serving took.
    func stop() throws -> Double {
        stopServer()
        state.hasEnded.wait()
        return try state.end.withLock { $0 }?.get() ?? 0
    }
}
