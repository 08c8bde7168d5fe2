import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real PostgreSQL with an empty cluster of its own, reached by a socket in a folder. It ends with the test process, however
/// that ends. Tests end processes and never the machine, so it does not wait for the disk.
public final class PostgresServer: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// Whether a server can be started here: its programs are installed, and there is a user for it.
    public static let isInstalled = folderOfPrograms != nil

    /// One for all tests of a process, started at its first use.
    public static func shared() throws -> PostgresServer {
        try sharedServer.withLock { server in
            let started = try server ?? PostgresServer()
            server = started
            return started
        }
    }

    private static let sharedServer = Mutex<PostgresServer?>(nil)
    /// What a server refuses to run as is root; Debian makes this user with the package.
    private static let user = "postgres"
    private static let asUser =
        geteuid() == 0 ? ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] : []

    private let folder: URL
    /// Runs as long as its standard input is open.
    private let process: Mutex<Process>
    private let lifeline = Pipe()

    /// Makes a cluster, starts its server and waits until it answers.
    public init() throws {
        guard let programs = Self.folderOfPrograms else { throw Failure(description: "PostgreSQL is not installed") }
        folder = URL(filePath: "/tmp/canvass-postgres-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if geteuid() == 0 { try Self.run("/usr/bin/env", ["chown", Self.user, folder.path]) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = """
            cd '\(folder.path)' || exit 1
            data='\(folder.path)/data'
            '\(programs)/initdb' -D "$data" -A trust -U canvass > initdb.log 2>&1 &&
            '\(programs)/pg_ctl' -D "$data" -l server.log -o "-k '\(folder.path)' -c listen_addresses='' -c fsync=off" start > start.log 2>&1
            while read -r word; do
                '\(programs)/pg_ctl' -D "$data" -m immediate -l server.log restart > restart.log 2>&1
            done
            '\(programs)/pg_ctl' -D "$data" -m immediate stop > stop.log 2>&1
            rm -rf '\(folder.path)'
            """
        process.arguments = Self.asUser + ["sh", "-c", script]
        process.standardInput = lifeline.fileHandleForReading
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Only the child reads it: what it sees of this process is the end.
        try lifeline.fileHandleForReading.close()
        self.process = Mutex(process)
        try waitUntilReady()
    }

    private func waitUntilReady() throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if (try? query("SELECT 1")) == "1" { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        let log = ["initdb.log", "start.log", "server.log"].compactMap {
            try? String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
        throw Failure(description: "PostgreSQL did not start: \(log.joined(separator: "\n"))")
    }

    /// The address of a database of the server.
    public func address(of database: String) -> String {
        "host=\(folder.path) user=canvass dbname=\(database)"
    }

    /// Runs statements, and gives the first value of the last one's result.
    @discardableResult
    public func query(_ sql: String, in database: String = "postgres") throws -> String {
        try Self.run(
            "/usr/bin/env", ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", address(of: database), "-c", sql])
    }

    /// Ends the server without a checkpoint and starts it again, as after a power cut.
    public func crash() throws {
        let started = "SELECT pg_postmaster_start_time()"
        let before = try query(started)
        try lifeline.fileHandleForWriting.write(contentsOf: Data("crash\n".utf8))
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let now = try? query(started), now != before { return }
            Thread.sleep(forTimeInterval: 0.02)
        }
        throw Failure(description: "PostgreSQL did not come back")
    }

    private static let folderOfPrograms: String? = {
        let installed = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: installed)) ?? []
        let folders = versions.sorted { $0.localizedStandardCompare($1) == .orderedDescending }.map {
            "\(installed)/\($0)/bin"
        }
        let inPath = Executables.find("initdb").map { $0.deletingLastPathComponent().path }
        let hasUser = geteuid() != 0 || getpwnam(user) != nil
        return hasUser
            ? (folders + [inPath].compactMap { $0 }).first {
                FileManager.default.isExecutableFile(atPath: $0 + "/initdb")
            } : nil
    }()

    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        // Files, not pipes, which another child of the test would keep open.
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (output, errors) = (try folder.write("", to: "output"), try folder.write("", to: "errors"))
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            let complaint = try String(contentsOf: errors, encoding: .utf8)
            throw Failure(description: "\(arguments.joined(separator: " ")): \(complaint)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
