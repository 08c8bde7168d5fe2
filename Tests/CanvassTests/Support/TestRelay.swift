import CanvassRelay
import Foundation
import Synchronization

/// A relay on a real socket, served by a thread of this process.
final class TestRelay: Sendable {
    private struct Running {
        let relay: Relay
        let stopper: RelayStopper
        let ended: DispatchSemaphore
    }

    private struct Serving: Sendable {
        let url: String
        let stopper: RelayStopper
    }

    /// Hands over to the thread that serves, and from it.
    private final class Handover: Sendable {
        /// The thread takes it, so that its database is closed when the thread has ended.
        let relay: Mutex<Relay?>
        let result = Mutex<Result<Serving, any Error>?>(nil)
        let isReady = DispatchSemaphore(value: 0)

        init(_ relay: Relay) { self.relay = Mutex(relay) }
    }

    let folder: URL
    private let environment: RelayEnvironment
    private let running = Mutex<Running?>(nil)
    private let address = Mutex("")

    init(folder: URL, clock: TestClock, seed: UInt64) throws {
        self.folder = folder
        let chance = TestChance(seed: seed)
        environment = RelayEnvironment(now: { clock.now() }, random: { chance.next() }, log: .silent)
        try start()
    }

    deinit { stop() }

    var url: String { address.withLock { $0 } }

    /// Serves the folder, at the same address as before.
    func start() throws {
        let directory = RelayDirectory(path: folder.path)
        try directory.create()
        let relay = try Relay(path: directory.databasePath, environment: environment)
        let port = URL(string: url)?.port.flatMap { UInt16(exactly: $0) } ?? 0
        let handover = Handover(relay)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            Self.serve(handover, port: port)
            ended.signal()
        }
        handover.isReady.wait()
        guard let serving = try handover.result.withLock({ $0 })?.get() else { return }
        address.withLock { $0 = serving.url }
        try relay.setPublicURL(serving.url)
        running.withLock { $0 = Running(relay: relay, stopper: serving.stopper, ended: ended) }
    }

    private static func serve(_ handover: Handover, port: UInt16) {
        guard let relay = handover.relay.withLock({ $0.take() }) else { return }
        do {
            let server = try RelayServer(relay: relay, host: "127.0.0.1", port: port)
            handover.result.withLock { $0 = .success(Serving(url: server.url, stopper: server.stopper)) }
            handover.isReady.signal()
            try server.run()
        } catch {
            handover.result.withLock { $0 = .failure(error) }
            handover.isReady.signal()
        }
    }

    /// Ends the server and closes its database: whoever copies its files next copies none that still shrinks.
    func stop() {
        let was = running.withLock { running in
            defer { running = nil }
            return running
        }
        was?.stopper.stop()
        was?.ended.wait()
    }

    struct NotRunning: Error {}

    private func relay() throws -> Relay {
        guard let relay = running.withLock({ $0?.relay }) else { throw NotRunning() }
        return relay
    }

    func invite(_ order: InviteOrder) throws -> String {
        try relay().invite(order).link
    }

    func devices() throws -> [DeviceListing] {
        try relay().devices()
    }

    func revoke(_ id: String) throws {
        _ = try relay().revoke(id)
    }

    /// Copies all that the stopped relay keeps.
    func backUp(to copy: URL) throws {
        try FileManager.default.copyItem(at: folder, to: copy)
    }

    /// Puts a copy, or nothing, in place of all that the stopped relay keeps.
    func replaceFolder(with copy: URL?) throws {
        try FileManager.default.removeItem(at: folder)
        if let copy { try FileManager.default.copyItem(at: copy, to: folder) }
    }
}
