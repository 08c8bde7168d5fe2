import CanvassCoding
import Foundation
import Glibc
import TestSupport
import Testing

/// A relay behind a real nginx with TLS, configured as README.md shows, with a certificate that nobody knows but who is
/// given it.
final class ProxiedRelay {
    struct Unconfigured: Error {
        let what: String
    }

    /// What the system's programs trust, where Debian has it.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    static let isPossible =
        nginx != nil && Executables.find("openssl") != nil && Executables.find("curl") != nil
        && FileManager.default.fileExists(atPath: systemAuthorities)
        && system("unshare -m true 2> /dev/null") == 0

    /// Debian keeps it where only root looks.
    private static var nginx: URL? {
        Executables.find("nginx")
            ?? ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].map { URL(filePath: $0) }.first {
                FileManager.default.isExecutableFile(atPath: $0.path)
            }
    }

    let folder: TemporaryFolder
    let address: String
    /// The port of the relay itself, which a proxy would not let anybody reach.
    let relayPort: UInt16
    let operatorPort: UInt16
    let adminLink: String
    private let relay: RunningProcess
    private let proxy: RunningProcess

    var certificate: String { folder.path("relay.crt") }

    init() async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let port = try Self.freePort()
        address = "https://localhost:\(port)"
        relay = try RunningProcess(
            "canvass-relay",
            [
                "serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0",
                "--public-url", address,
            ])
        relayPort = try Self.port(in: try await relay.line { $0.hasPrefix("listening on") })
        operatorPort = try Self.port(in: try await relay.line { $0.hasPrefix("for operators") })
        let link = try await relay.line { $0.contains("canvass join 'http") }
        adminLink = String(link.split(separator: "'").dropFirst().first ?? "")
        try await Self.makeCertificate(in: folder)
        let configuration = try Self.configuration(in: folder, port: port, relayPort: relayPort)
        let file = try folder.write(configuration, to: "nginx.conf")
        let nginx = try #require(Self.nginx)
        proxy = try RunningProcess(nginx, ["-p", folder.url.path, "-e", "error.log", "-c", file.path])
        let deadline = ContinuousClock.now + .seconds(20)
        while !FileManager.default.fileExists(atPath: folder.path("nginx.pid")) {
            guard proxy.isRunning, ContinuousClock.now < deadline else {
                throw Unconfigured(what: String(decoding: proxy.errors, as: UTF8.self))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func stop() async throws {
        #expect(try await relay.stop() == 0)
        try await proxy.stop()
    }

    /// Runs `canvass` on one person's replica, on a system that trusts the certificate or one that does not.
    ///
    /// URLSession on Linux takes authorities from the system alone, so the process gets a system of its own, in which the file
    /// of authorities is another.
    func run(
        _ person: String, _ arguments: [String], isTrusting: Bool = true
    ) async throws -> BinaryRunner.Outcome {
        let arguments = ["--replica", folder.path("\(person).canvass")] + arguments
        guard isTrusting else {
            return try await BinaryRunner.run("canvass", arguments, workingFolder: folder.url)
        }
        let script = "mount --bind '\(certificate)' \(Self.systemAuthorities) && exec \"$0\" \"$@\""
        return try await BinaryRunner.run(
            try #require(Executables.find("unshare")),
            ["-m", "/bin/sh", "-c", script, try Executables.url(of: "canvass").path] + arguments,
            workingFolder: folder.url, timeout: .seconds(180))
    }

    /// What nginx wrote of each request: number of the connection, number of the request on it, bytes received, status.
    var requests: [(connection: Int, number: Int, bytes: Int, status: Int)] {
        get throws {
            try String(contentsOfFile: folder.path("access.log"), encoding: .utf8).split(separator: "\n").map { line in
                let numbers = line.split(separator: " ").compactMap { Int($0) }
                try #require(numbers.count == 4, "\(line)")
                return (numbers[0], numbers[1], numbers[2], numbers[3])
            }
        }
    }

    /// The relay's figures.
    func operatorPage() async throws -> String {
        let curl = try await BinaryRunner.run(
            try #require(Executables.find("curl")), ["-s", "http://127.0.0.1:\(operatorPort)/metrics"])
        return curl.outputText
    }

    private static func port(in line: String) throws -> UInt16 {
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        return try #require(UInt16(digits))
    }

    /// The site of README.md, with this test's ports and files, and around it what the system's nginx has elsewhere.
    private static func configuration(in folder: TemporaryFolder, port: UInt16, relayPort: UInt16) throws -> String {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: top.appending(path: "README.md"), encoding: .utf8)
        guard let start = page.range(of: "```nginx\n"),
            let end = page.range(of: "```\n", range: start.upperBound..<page.endIndex)
        else { throw Unconfigured(what: "README.md shows no nginx") }
        var site = String(page[start.upperBound..<end.lowerBound])
        for (shown, used) in [
            ("127.0.0.1:8787", "127.0.0.1:\(relayPort)"), ("listen 443", "listen 127.0.0.1:\(port)"),
            ("relay.example.org", "localhost"), ("/etc/ssl/relay.crt", folder.path("relay.crt")),
            ("/etc/ssl/relay.key", folder.path("relay.key")),
        ] {
            guard site.contains(shown) else { throw Unconfigured(what: "README.md does not show \(shown)") }
            site = site.replacingOccurrences(of: shown, with: used)
        }
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \($0)_temp;" }
        return """
            \(geteuid() == 0 ? "user root root;" : "")
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            events { worker_connections 256; }
            http {
                \(folders.joined(separator: "\n    "))
                log_format numbers '$connection $connection_requests $request_length $status';
                access_log access.log numbers;
                \(site)
            }
            """
    }

    private static func makeCertificate(in folder: TemporaryFolder) async throws {
        let made = try await BinaryRunner.run(
            try #require(Executables.find("openssl")),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                folder.path("relay.key"), "-out", folder.path("relay.crt"),
            ])
        try #require(made.status == 0, "\(made.errorText)")
    }

    /// A port that nobody listens at now.
    private static func freePort() throws -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
