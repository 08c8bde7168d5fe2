import CanvassCRDT
import CanvassCoding
import CanvassRelay
import CanvassWire
import Foundation
import Synchronization
import TestSupport

/// A real relay on a real socket and a real database, with a clock and a log that the test holds.
///
/// The database is a file, or one in PostgreSQL where the tests are built with the trait and `CANVASS_TEST_STORE` is "postgres".
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

    static let isOnPostgres = ProcessInfo.processInfo.environment["CANVASS_TEST_STORE"] == "postgres"

    let folder: TemporaryFolder
    let store: any TestStore
    private let state: Mutex<State>
    private let configure: @Sendable (inout RelayEnvironment) -> Void

    /// - Parameters:
    ///   - seed: of everything that it draws; relays of one seed are of one organisation.
    ///   - configure: what is otherwise than with a relay that was told nothing.
    init(seed: UInt64 = 7, configure: @escaping @Sendable (inout RelayEnvironment) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        store = try Self.makeStore(in: folder)
        self.configure = configure
        state = Mutex(State(generator: SplitMix64(seed: seed)))
        try start()
    }

    private static func makeStore(in folder: TemporaryFolder) throws -> any TestStore {
        guard isOnPostgres else { return FileStore(folder: folder.url) }
        #if Postgres
            return try PostgresStore()
        #else
            throw PostgresServer.Failure(description: "build the tests with --traits Postgres")
        #endif
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
        let relay = try store.open(recovering: sheet, environment: environment)
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

    /// Copies what the relay has now under that name.
    func copyFiles(as name: String) throws {
        stopAndClose()
        try store.copy(as: name)
        try start()
    }

    /// Puts a copy in the place of what the relay has: what it took since is lost to it.
    func restoreFiles(from name: String) throws {
        stopAndClose()
        try store.putBack(name)
        try start()
    }

    /// Loses everything, and begins anew with a recovery sheet.
    func wipe(recovering sheet: RecoverySheet) throws {
        stopAndClose()
        try store.empty()
        try start(recovering: sheet)
    }

    /// Puts a backup in the place of the database, as the operator's command does.
    func restore(_ backup: String) throws {
        stopAndClose()
        try store.restore(backup)
        try start()
    }

    /// Stops, and waits until the thread has let go of the database.
    private func stopAndClose() {
        weak let relay = state.withLock { $0.running }?.relay
        stop()
        let deadline = ContinuousClock.now + .seconds(5)
        while relay != nil, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
        store.settle()
    }

    /// Whether these bytes are anywhere in what the relay has.
    func stores(_ bytes: [UInt8]) throws -> Bool { try store.holds(bytes) }

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
