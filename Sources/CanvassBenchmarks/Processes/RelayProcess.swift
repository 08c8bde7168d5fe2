import CanvassCoding
import Foundation

/// A real relay on a free port of the loopback interface, with everything that it keeps in one scratch folder.
struct RelayProcess {
    private let executable: URL
    private let folder: URL
    private let server: ChildProcess
    /// The link that its first start printed.
    let adminInvite: String

    /// Starts a relay and waits until it listens.
    init(_ executable: URL, in folder: URL) async throws {
        self.executable = executable
        self.folder = folder
        server = try ChildProcess(
            executable, ["serve", "--listen", "127.0.0.1:0", "--log", "error", "--json", "--data", Self.data(folder)],
            in: folder)
        adminInvite = try await Self.announcedInvite(server)
    }

    /// A link for devices of a campaign that the relay knows.
    func invite(_ role: String, to campaign: String) async throws -> String {
        let arguments = [
            "invite", "--campaign", campaign, "--role", role, "--json", "--data", Self.data(folder),
        ]
        let answer = try await ChildProcess.run(executable, arguments, in: folder)
        guard let link = try JSON.decode(answer.output)["link"]?.textValue else {
            throw WrongResult("canvass-relay invite printed no link")
        }
        return link
    }

    /// The greatest resident memory of the relay so far; nil where the system does not tell.
    var peakMemoryBytes: Int? { PeakMemory.bytes(of: server.identifier) }

    func stop() async throws {
        try await server.stop()
    }

    private static func data(_ folder: URL) -> String { folder.appending(path: "relay").path }

    private static func announcedInvite(_ server: ChildProcess) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(10)
        while server.isRunning, ContinuousClock.now < deadline {
            // Until the document is whole it does not parse.
            if let announcement = try? JSON.decode(server.output) {
                guard let link = announcement["adminInvite"]?.textValue else { break }
                return link
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw WrongResult("canvass-relay serve did not start: \(server.errors)")
    }
}
