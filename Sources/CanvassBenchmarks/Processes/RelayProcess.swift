import CanvassCoding
import Foundation

/// A real relay on a free port of the loopback interface, with everything that it keeps in one scratch folder.
struct RelayProcess {
    private let executable: URL
    private let folder: URL
    private let server: ChildProcess
    /// The link that its first start printed.
    let adminInvite: String
    let port: UInt16

    /// Starts a relay and waits until it listens.
    init(_ executable: URL, in folder: URL) async throws {
        self.executable = executable
        self.folder = folder
        server = try ChildProcess(
            executable,
            [
                "serve", "--listen", "127.0.0.1:0", "--log", "error", "--device-rate", "0", "--stranger-rate", "0",
                "--json", "--data", Self.data(folder),
            ], in: folder)
        (adminInvite, port) = try await Self.announcement(of: server)
    }

    /// Starts a relay for as long as `body` runs.
    static func serving<T>(
        _ executable: URL, in folder: URL, _ body: (RelayProcess) async throws -> T
    ) async throws -> T {
        let relay = try await RelayProcess(executable, in: folder)
        do {
            let result = try await body(relay)
            try await relay.stop()
            return result
        } catch {
            try await relay.stop()
            throw error
        }
    }

    /// A link for devices of a campaign that the relay knows.
    func invite(_ role: String, to campaign: String, uses: Int = 1) async throws -> String {
        let arguments = [
            "invite", "--campaign", campaign, "--role", role, "--uses", "\(uses)", "--json", "--data",
            Self.data(folder),
        ]
        let answer = try await ChildProcess.run(executable, arguments, in: folder)
        guard let link = try JSON.decode(answer.output)["link"]?.textValue else {
            throw WrongResult("canvass-relay invite printed no link")
        }
        return link
    }

    /// The greatest resident memory of the relay so far; nil where the system does not tell.
    var peakMemoryBytes: Int? { PeakMemory.bytes(of: server.identifier) }

    /// Its resident memory now; nil where the system does not tell.
    var residentBytes: Int? { PeakMemory.residentBytes(of: server.identifier) }

    /// Seconds of the processor that it has used so far; nil where the system does not tell.
    var processorSeconds: Double? { ProcessorTime.of(process: server.identifier) }

    /// Where its database lies.
    var database: URL { folder.appending(path: "relay/relay.sqlite") }

    func stop() async throws {
        try await server.stop()
    }

    private static func data(_ folder: URL) -> String { folder.appending(path: "relay").path }

    private static func announcement(of server: ChildProcess) async throws -> (invite: String, port: UInt16) {
        let deadline = ContinuousClock.now + .seconds(10)
        while server.isRunning, ContinuousClock.now < deadline {
            // Until the document is whole it does not parse.
            if let announcement = try? JSON.decode(server.output) {
                guard let link = announcement["adminInvite"]?.textValue,
                    let port = announcement["listening"]?.textValue?.split(separator: ":").last.flatMap({ UInt16($0) })
                else { break }
                return (link, port)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw WrongResult("canvass-relay serve did not start: \(server.errors)")
    }
}
