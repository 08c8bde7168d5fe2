import CanvassCoding
import CanvassCommandLine
import Foundation

/// The relay of the demonstration: the real `canvass-relay`, as a process of its own on a free port of loopback.
final class DemoRelay {
    private let executable: URL
    private let folder: URL
    private var process: Process?
    /// Kept from the first start, so that a restart answers at the address that the invites carry.
    private(set) var address: String?
    private(set) var adminLink: String?

    init(folder: URL) throws {
        executable = try DemoRelay.executable()
        self.folder = folder
    }

    deinit {
        stop()
    }

    /// Starts the relay and waits until it listens.
    func start() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        let port = address.flatMap { URL(string: $0)?.port } ?? 0
        process.arguments = ["serve", "--data", folder.path, "--listen", "127.0.0.1:\(port)", "--json"]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let announcement = try DemoRelay.firstDocument(output.fileHandleForReading)
        guard let address = announcement["listening"]?.textValue else {
            throw UserError("the relay did not say where it listens", remedy: "run `canvass-relay serve` by hand")
        }
        self.address = address
        adminLink = announcement["adminInvite"]?.textValue ?? adminLink
    }

    /// Ends the relay's process, if it runs, and waits for it.
    func stop() {
        guard let process else { return }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        self.process = nil
    }

    /// Runs `canvass-relay invite` beside the relay, as an operator would.
    ///
    /// - Returns: the link.
    func invite(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = ["invite", "--data", folder.path, "--json"] + arguments
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0, let link = try JSON.decode(bytes)["link"]?.textValue else {
            throw UserError("no invite could be made", remedy: "run `canvass-relay invite` by hand")
        }
        return link
    }

    /// Reads up to the end of the first JSON document; the pipe stays open as long as the relay runs.
    private static func firstDocument(_ handle: FileHandle) throws -> Value {
        var bytes: [UInt8] = []
        while true {
            let more = handle.availableData
            bytes += more
            if let value = try? JSON.decode(bytes) { return value }
            if more.isEmpty {
                throw UserError("the relay could not be started", remedy: "run `canvass-relay serve` by hand")
            }
        }
    }

    /// `canvass-relay` lies beside `canvass` wherever both were built or installed.
    private static func executable() throws -> URL {
        let own = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        let relay = own.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "canvass-relay")
        guard FileManager.default.isExecutableFile(atPath: relay.path) else {
            throw UserError(
                "the relay is not where it should be", place: relay.path,
                remedy: "build everything with `swift build -c release`, or install canvass-relay beside canvass")
        }
        return relay
    }
}
