import CanvassCoding
import Foundation

/// A virtual environment of Python in a scratch folder.
struct PythonEnvironment {
    private let folder: URL
    private let python: URL

    /// - Parameter folder: an existing one.
    init(_ python: URL, in folder: URL) async throws {
        self.folder = folder
        _ = try await ChildProcess.run(python, ["-m", "venv", folder.appending(path: "python").path], in: folder)
        self.python = folder.appending(path: "python/bin/python3")
    }

    /// Installs a package of PyPI.
    func install(_ package: String) async throws {
        let arguments = [
            "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", package,
        ]
        _ = try await ChildProcess.run(python, arguments, in: folder)
    }

    /// Runs `peers.py`.
    ///
    /// - Returns: the peers that are there.
    func measure(_ workload: PeerWorkload, rounds: Int) async throws -> [Peer] {
        let program = folder.appending(path: "peers.py")
        let file = folder.appending(path: "workload.json")
        try Data(PackageResources.peers_py).write(to: program)
        try Data(workload.json.utf8).write(to: file)
        let output = try await ChildProcess.run(python, [program.path, file.path, "\(rounds)"], in: folder).output
        let results = try JSON.decode(output)
        return Peer.names.compactMap { name in results[name].flatMap { Peer(name, $0) } }
    }
}
