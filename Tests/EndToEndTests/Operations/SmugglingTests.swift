import Foundation
import TestSupport
import Testing

/// Requests that two servers might end at different places, so that one finds a second request where the other sees a body
/// (RFC 9112, section 11.2): sent to the relay itself, and to a real nginx before it.
@Suite(
    .serialized,
    .enabled("needs root and nginx, openssl and curl: .ci/install --test-tools") { ProxiedRelay.isPossible }
) struct SmugglingTests {
    /// The request that must never reach the relay: nothing else here asks for this address.
    private static let hidden = "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// The headers of each form, and what stands before the hidden request.
    private static let forms: [(headers: String, body: String)] = {
        let all = hidden.utf8.count
        let chunk = "\(String(all, radix: 16))\r\n"
        return [
            ("Content-Length: \(all + 5)\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            ("Transfer-Encoding: chunked\r\nContent-Length: \(chunk.utf8.count)\r\n", chunk),
            ("Content-Length: 0\r\nContent-Length: \(all)\r\n", ""),
            ("Content-Length: \(all)\r\nContent-Length: 0\r\n", ""), ("Content-Length: 0, \(all)\r\n", ""),
            ("Content-Length: +0\r\n", ""), ("Content-Length: 0x0\r\n", ""), ("Content-Length: -1\r\n", ""),
            ("Content-Length:\r\n", ""), ("Content-Length : \(all)\r\n", ""),
            ("Content-Length: \(all)\r\nTransfer-Encoding : chunked\r\n", "0\r\n\r\n"),
            ("Content-Length: \(all + 5)\r\nTransfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
            ("Content-Length: \(all + 5)\r\nTransfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
            ("Content-Length: \(all + 5)\r\nTransfer-Encoding:\u{0B}chunked\r\n", "0\r\n\r\n"),
            ("Content-Length: \(all + 5)\r\nTransfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
            ("Content-Length: \(all)\r\nX: a\nContent-Length: 0\r\n", ""),
            ("Content-Length: \(all)\r\nX: a\rContent-Length: 0\r\n", ""),
            ("Content-Length: \(all)\r\nContent-Length\u{00}: 0\r\n", ""),
        ]
    }()

    @Test func `no request hides in the body of another`() async throws {
        let relay = try await ProxiedRelay()
        let forms = Self.forms.map { form in
            "POST /readyz HTTP/1.1\r\nHost: localhost\r\n\(form.headers)\r\n\(form.body)\(Self.hidden)"
        }
        try await send(forms, to: relay)
        #expect(try await watches(relay) == 0)
        // Said openly it does arrive, both ways: else nothing was shown.
        try await send(
            ["POST /readyz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n\(Self.hidden)"], to: relay)
        #expect(try await watches(relay) == 2)
        try await relay.stop()
    }

    /// Sends each of some byte strings on a connection of its own to the relay, and on one to the proxy.
    private func send(_ forms: [String], to relay: ProxiedRelay) async throws {
        let proxyPort = try #require(URL(string: relay.address)?.port)
        let ways = [
            "curl -s telnet://127.0.0.1:\(relay.relayPort)",
            "openssl s_client -quiet -connect 127.0.0.1:\(proxyPort)",
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, form) in forms.enumerated() {
                let file = try relay.folder.write(form, to: "form-\(index)").path
                for way in ways {
                    let script = "(cat '\(file)'; sleep 1) | timeout -s KILL 3 \(way) > /dev/null 2>&1; true"
                    group.addTask {
                        let sent = try await BinaryRunner.run(URL(filePath: "/bin/sh"), ["-c", script])
                        #expect(sent.status == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// How many requests for a watch the relay has answered.
    private func watches(_ relay: ProxiedRelay) async throws -> Int {
        let page = try await relay.operatorPage()
        try #require(page.contains("canvass_relay_ready"))
        return page.split(separator: "\n").filter { $0.hasPrefix("canvass_relay_requests_total{route=\"/v1/watch\"") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }
}
