import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import Synchronization
import TestSupport

/// A real relay on a real socket and a real file, with a clock and a log that the test holds.
final class TestRelay: Sendable {
    private struct State {
        var milliseconds: Int64 = 1_800_000_000_000
        var generator = SplitMix64(seed: 7)
        var lines: [String] = []
        var running: Running?
    }

    private struct Running {
        let relay: Relay
        let port: UInt16
        let stopper: RelayStopper
        let done: DispatchSemaphore
    }

    let folder: TemporaryFolder
    private let state: Mutex<State>
    private let configure: @Sendable (inout RelayEnvironment) -> Void

    /// - Parameters:
    ///   - seed: of everything that it draws; relays of one seed are of one organisation.
    ///   - configure: what is otherwise than with a relay that was told nothing.
    init(seed: UInt64 = 7, configure: @escaping @Sendable (inout RelayEnvironment) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        self.configure = configure
        state = Mutex(State(generator: SplitMix64(seed: seed)))
        try start()
    }

    deinit {
        stop()
    }

    var relay: Relay { running.relay }
    var port: UInt16 { running.port }
    var now: Int64 { state.withLock { $0.milliseconds } }
    var logLines: [String] { state.withLock { $0.lines } }

    func advanceClock(milliseconds: Int64) {
        state.withLock { $0.milliseconds += milliseconds }
    }

    /// From here on it draws other numbers.
    func reseed(_ seed: UInt64) { state.withLock { $0.generator = SplitMix64(seed: seed) } }

    func random() -> UInt64 { state.withLock { $0.generator.next() } }

    /// A new id at the relay's time.
    func newID() -> EntityID {
        state.withLock { EntityID(milliseconds: $0.milliseconds, using: &$0.generator) }
    }

    private var running: Running {
        guard let running = state.withLock({ $0.running }) else { preconditionFailure("the relay is stopped") }
        return running
    }

    func start(recovering sheet: RecoverySheet? = nil) throws {
        var environment = RelayEnvironment(
            now: { [weak self] in self?.now ?? 0 }, random: { [weak self] in self?.random() ?? 0 },
            log: RelayLog(level: .info) { [weak self] line in self?.state.withLock { $0.lines.append(line) } })
        configure(&environment)
        let relay = try Relay(path: folder.path("relay.sqlite"), recovering: sheet, environment: environment)
        let started = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Running, any Error>?>(nil)
        let thread = Thread {
            do {
                let server = try RelayServer(relay: relay, host: "127.0.0.1", port: 0)
                let port = UInt16(server.url.split(separator: ":").last ?? "") ?? 0
                try relay.setPublicURL(server.url)
                let running = Running(relay: relay, port: port, stopper: server.stopper, done: done)
                outcome.withLock { $0 = .success(running) }
                started.signal()
                try server.run()
            } catch {
                outcome.withLock { $0 = .failure(error) }
                started.signal()
            }
            done.signal()
        }
        thread.start()
        started.wait()
        let running = try outcome.withLock { try $0?.get() }
        state.withLock { $0.running = running }
    }

    func stop() {
        let running = state.withLock { $0.running.take() }
        running?.stopper.stop()
        running?.done.wait()
    }

    // MARK: Losing and restoring

    /// Copies the relay's files as they are now into a folder of that name.
    func copyFiles(as name: String) throws {
        stopAndClose()
        let copy = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        for file in try files(in: folder.url) {
            try FileManager.default.copyItem(at: file, to: copy.appending(path: file.lastPathComponent))
        }
        try start()
    }

    /// Puts copied files in the place of the relay's: what it took since is lost to it.
    func restoreFiles(from name: String) throws {
        stopAndClose()
        for file in try files(in: folder.url) { try FileManager.default.removeItem(at: file) }
        for file in try files(in: folder.url.appending(path: name)) {
            try FileManager.default.copyItem(at: file, to: folder.url.appending(path: file.lastPathComponent))
        }
        try start()
    }

    /// Loses everything, and begins anew with a recovery sheet.
    func wipe(recovering sheet: RecoverySheet) throws {
        stopAndClose()
        for file in try files(in: folder.url) { try FileManager.default.removeItem(at: file) }
        try start(recovering: sheet)
    }

    /// Puts a backup in the place of the database, as the operator's command does.
    func restore(_ backup: String) throws {
        stopAndClose()
        _ = try Relay.restore(backup, to: RelayDirectory(path: folder.url.path), replacing: true)
        try start()
    }

    /// Stops, and waits until the thread has let go of the database.
    private func stopAndClose() {
        weak let relay = state.withLock { $0.running }?.relay
        stop()
        let deadline = ContinuousClock.now + .seconds(5)
        // Its log is emptied when the database closes, which is after the relay itself is gone: a copy made meanwhile would
        // never come to its end.
        let log = folder.path("relay.sqlite-wal")
        func isClosed() -> Bool {
            let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
            return relay == nil && (size ?? 0) == 0
        }
        while !isClosed(), ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasPrefix("relay.sqlite") }
    }

    /// Whether these bytes are in any file of the relay.
    func stores(_ bytes: [UInt8]) throws -> Bool {
        try files(in: folder.url).contains { try Data(contentsOf: $0).range(of: Data(bytes)) != nil }
    }

    func post(_ path: String, _ body: [UInt8], headers: [String: String]) throws -> RawClient.Answer {
        try RawClient.send("POST", path, port: port, headers: headers, body: body)
    }

    /// The secret of a new invite.
    func invite(
        _ roles: String..., campaign: String? = nil, team: String? = nil, name: String? = nil, member: String? = nil,
        uses: Int = 1
    ) throws -> String {
        let issued = try relay.invite(
            InviteOrder(campaign: campaign, roles: roles, team: team, name: name, member: member, uses: uses))
        return String(issued.link.split(separator: "#").last ?? "")
    }

    /// A device that has joined.
    func device(
        _ roles: String..., campaign: String? = nil, team: String? = nil, name: String? = nil
    ) throws -> TestDevice {
        let issued = try relay.invite(InviteOrder(campaign: campaign, roles: roles, team: team, name: name))
        var device = TestDevice(self)
        try device.join(String(issued.link.split(separator: "#").last ?? ""))
        return device
    }

    /// A campaign with a name, made by an admin as a client would.
    func campaign(_ name: String, by admin: TestDevice) throws -> EntityID {
        let campaign = newID()
        var chain = admin.chain(in: ScopeID(.design, campaign))
        let segment = try chain.segment([.put("campaign", campaign, "name", .text(name))])
        let answer = try admin.sync(push: [segment])
        precondition(answer.refused.isEmpty, "\(answer.refused)")
        return campaign
    }
}
