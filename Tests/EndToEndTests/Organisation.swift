import CanvassCoding
import Foundation
import Synchronization
import TestSupport
import Testing

/// A relay and the people around it, as processes and files: what a test needs to play a field organisation with the
/// real binaries.
final class Organisation: Sendable {
    private struct State {
        var relay: RunningProcess?
        var address = "http://127.0.0.1:0"
        var adminLink = ""
        var recoverySheet = ""
    }

    let folder: TemporaryFolder
    private let state = Mutex(State())

    var relay: RunningProcess? { state.withLock { $0.relay } }
    var address: String { state.withLock { $0.address } }
    var adminLink: String { state.withLock { $0.adminLink } }
    /// The line of the relay's recovery sheet.
    var recoverySheet: String { state.withLock { $0.recoverySheet } }

    /// What says to `canvass-relay` where it keeps everything.
    let place: [String]

    /// - Parameter place: a folder where left out.
    init(keptIn place: [String]? = nil) throws {
        folder = try TemporaryFolder()
        self.place = place ?? ["--data", folder.path("relay")]
    }

    // MARK: The relay

    /// Starts the relay; the second time at the address of the first.
    func startRelay(_ options: String...) async throws {
        let port = URL(string: address)?.port ?? 0
        let (process, served) = try await serve("127.0.0.1:\(port)", options)
        if adminLink.isEmpty {
            let join = try await process.line { $0.contains("canvass join") }
            let sheet = try await process.line { $0.hasPrefix("canvass-recovery-1 ") }
            state.withLock {
                $0.adminLink = String(join.split(separator: "'").dropFirst().first ?? "")
                $0.recoverySheet = sheet
            }
        }
        state.withLock {
            $0.address = served
            $0.relay = process
        }
    }

    private func serve(_ listen: String, _ options: [String]) async throws -> (RunningProcess, address: String) {
        let process = try RunningProcess("canvass-relay", ["serve", "--listen", listen] + place + options)
        let line = try await process.line { $0.contains("listening on") }
        return (process, String(line.split(separator: " ").last ?? ""))
    }

    /// Starts one more relay on the same database.
    func startAnotherRelay() async throws -> (RunningProcess, address: String) {
        try await serve("127.0.0.1:0", [])
    }

    func stopRelay() async throws {
        guard let process = relay else { return }
        process.send(signal: SIGTERM)
        #expect(try await process.exit(within: .seconds(20)) == 0)
        state.withLock { $0.relay = nil }
    }

    /// Ends the relay as a power cut would.
    func killRelay() async throws {
        relay?.send(signal: SIGKILL)
        try await relay?.exit()
        state.withLock { $0.relay = nil }
    }

    /// Has the relay's first admin join, and make the campaign "visits" with the published survey "field".
    func openCampaign(by admin: String) async throws {
        try await json(admin, "join", adminLink, "--name", admin.capitalized)
        try await json(admin, "campaign", "create", "visits")
        try await json(admin, "survey", "import", CommandLine.workbook("field.xlsx"))
        try await json(admin, "survey", "publish", "field")
        try await json(admin, "sync")
    }

    /// Has somebody join the campaign "visits" in a role.
    func join(_ person: String, role: String) async throws {
        let link = try await invite("--campaign", "visits", "--role", role, "--name", person)
        try await json(person, "join", link)
    }

    /// Makes an invite link.
    func invite(_ arguments: String...) async throws -> String {
        let document = try await relayCommand(["invite"] + arguments)
        return try #require(document["link"]?.textValue)
    }

    /// Runs a command of `canvass-relay` on the relay's folder and reads its JSON.
    func relayCommand(_ arguments: [String]) async throws -> Value {
        let outcome = try await BinaryRunner.run(
            "canvass-relay", arguments + place + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return try JSON.decode([UInt8](outcome.output))
    }

    // MARK: The people

    func path(of person: String) -> String { folder.path("\(person).canvass") }

    /// Runs `canvass` on one person's replica, whatever comes of it.
    func run(_ person: String, _ arguments: [String], input: Data? = nil) async throws -> BinaryRunner.Outcome {
        try await BinaryRunner.run(
            "canvass", ["--replica", path(of: person)] + arguments, input: input, workingFolder: folder.url)
    }

    /// Runs `canvass … --json` on one person's replica, which has to succeed, and reads what it says.
    @discardableResult
    func json(_ person: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> Value
    {
        let outcome = try await run(person, arguments + ["--json"])
        #expect(outcome.status == 0, "canvass \(arguments): \(outcome.errorText)", sourceLocation: sourceLocation)
        return try JSON.decode([UInt8](outcome.output))
    }

    /// Runs a command that has to fail.
    ///
    /// - Returns: what it says on standard error.
    func failure(
        _ person: String, _ arguments: String..., status: Int32 = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await run(person, arguments)
        #expect(outcome.status == status, "\(outcome.outputText)\(outcome.errorText)", sourceLocation: sourceLocation)
        return outcome.errorText
    }

    /// The digest of every scope that a replica holds changes of, by the scope's id.
    func digests(of person: String) async throws -> [String: String] {
        let scopes = try #require(try await json(person, "status")["scopes"]?.listValue)
        var digests: [String: String] = [:]
        for scope in scopes where (scope["changes"]?.integerValue ?? 0) > 0 {
            let id = try #require(scope["scope"]?.textValue)
            digests[id] = try #require(scope["digest"]?.textValue)
        }
        return digests
    }
}
