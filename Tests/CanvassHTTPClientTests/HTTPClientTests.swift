import CanvassHTTP
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CanvassHTTPClient

/// The client against real sockets that answer well, badly, late and not at all.
struct HTTPClientTests {
    private let hurried = HTTPPatience(connecting: .seconds(2), silence: .milliseconds(300))

    private func client(_ server: ScriptedServer, _ patience: HTTPPatience = HTTPPatience()) throws -> HTTPClient {
        HTTPClient(try #require(HTTPOrigin(address: server.address)), patience: patience)
    }

    private func post(_ body: [UInt8] = Array("ping".utf8)) -> HTTPRequest {
        HTTPRequest(method: "POST", path: "/v1/x", headers: ["X-Note": "a"], body: body)
    }

    private func post(byteCount: Int) -> HTTPRequest { post([UInt8](repeating: 7, count: byteCount)) }

    /// How a request fails; nil when it does not.
    private func failure(
        of request: HTTPRequest, at server: ScriptedServer, _ patience: HTTPPatience = HTTPPatience()
    ) async throws -> HTTPClientError? {
        let client = try client(server, patience)
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request is written as the protocol says`() async throws {
        let seen = Mutex<String?>(nil)
        let server = try ScriptedServer { peer in
            let request = peer.request()
            seen.withLock { $0 = request }
            peer.answer("pong", more: "X-Answer: yes\r\n")
        }
        let origin = try #require(HTTPOrigin(address: server.address + "/relay%20one/"))
        let answer = try await HTTPClient(origin).send(post())
        #expect(answer.head.status == 200 && answer.head.headers["x-answer"] == "yes")
        #expect(answer.body == Array("pong".utf8))
        #expect(
            seen.withLock { $0 }
                == "POST /relay%20one/v1/x HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Length: 4\r\n"
                + "X-Note: a\r\n\r\nping")
    }

    @Test func `one connection carries one request after the other`() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() { peer.answer(String(request.utf8.count)) }
        }
        let client = try client(server)
        for size in [1, 100_000, 3] {
            let answer = try await client.send(post(byteCount: size))
            #expect((Int(String(decoding: answer.body, as: UTF8.self)) ?? 0) > size)
        }
        #expect(server.connections == 1)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", "HTTP/1.1 200 OK\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ])
    func `a connection is not used again where that is not certain to be right`(text: String) async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.send(text)
            if text.contains("Length") { _ = peer.isClosedByClient() }
        }
        let client = try client(server)
        for _ in 0..<2 { #expect(try await client.send(post()).body == Array("ok".utf8)) }
        #expect(server.connections == 2)
    }

    @Test func `a used connection that was closed meanwhile is replaced, a new one is not`() async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            // The third connection is closed on its first request.
            if peer.number < 2 { peer.answer("ok") }
            if peer.number == 0 { _ = peer.request() }
        }
        let client = try client(server)
        #expect(try await client.send(post()).body == Array("ok".utf8))
        // The first connection ends with the request in it; the second carries it.
        #expect(try await client.send(post()).body == Array("ok".utf8))
        #expect(server.connections == 2)
        await #expect(throws: HTTPClientError.answer(.noAnswer)) { try await client.send(post()) }
        #expect(server.connections == 3)
    }

    @Test func `a request is not sent twice once an answer has begun`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer("ok")
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Le")
        }
        let client = try client(server)
        _ = try await client.send(post())
        await #expect(throws: HTTPClientError.answer(.cutInHead)) { try await client.send(post()) }
        #expect(server.connections == 1)
    }

    @Test(arguments: HostileAnswers.all)
    func `hostile bytes from a server are an error in words`(hostile: HostileAnswers.Case) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(hostile.bytes)
        }
        let failure = try #require(await failure(of: post(), at: server))
        switch (failure, hostile.reason) {
        case (.answer(.malformed), .malformed), (.answer(.tooLarge), .tooLarge), (.answer(.noAnswer), .noAnswer),
            (.answer(.cutInHead), .cutInHead), (.answer(.cutInBody), .cutInBody):
            break
        default: Issue.record("\(failure)")
        }
        #expect(server.connections == 1)
    }

    @Test func `an answer that comes before the request is out is read`() async throws {
        let server = try ScriptedServer { peer in
            peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
            _ = peer.isClosedByClient()
        }
        let request = post(byteCount: 15 << 20)
        #expect(try await client(server).send(request).head.status == 413)
    }

    @Test func `silence ends every phase`() async throws {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
        for text in ["", "HTTP/1.1", whole] {
            let server = try ScriptedServer { peer in
                _ = peer.request()
                peer.send(text)
                _ = peer.isClosedByClient()
            }
            #expect(try await failure(of: post(), at: server, hurried) == .silent(.milliseconds(300)))
        }
        // Nobody takes the request.
        let server = try ScriptedServer { $0.pause(2) }
        let large = post(byteCount: 15 << 20)
        #expect(try await failure(of: large, at: server, hurried) == .silent(.milliseconds(300)))
    }

    @Test func `an answer that trickles does not go on for ever`() async throws {
        var patience = hurried
        patience.slowestBytesPerSecond = 1_000
        let beginnings = [
            ("HTTP/1.1 200 OK\r\nX: ", HTTPClientError.silent(.milliseconds(300))),
            ("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", .tooSlow),
        ]
        for (text, reason) in beginnings {
            let server = try ScriptedServer { peer in
                _ = peer.request()
                peer.send(text)
                while peer.send("x") { peer.pause(0.05) }
            }
            #expect(try await failure(of: post(), at: server, patience) == reason)
        }
    }

    @Test func `a connection that is reset is an error in words`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            peer.pause(0.1)
            peer.resetAtEnd()
        }
        #expect(try await failure(of: post(), at: server) == .answer(.cutInBody))
        let atOnce = try ScriptedServer { $0.resetAtEnd() }
        guard case .broken(let reason) = try await failure(of: post(), at: atOnce) else {
            Issue.record("not broken")
            return
        }
        #expect(reason.lowercased().contains("reset"), "\(reason)")
    }

    @Test func `nobody there, no such host, and what cannot be an address`() async throws {
        let nobody = HTTPClient(try #require(HTTPOrigin(address: "http://127.0.0.1:1")))
        await #expect(throws: HTTPClientError.refused) { try await nobody.send(post()) }
        let unknown = HTTPClient(try #require(HTTPOrigin(address: "http://nosuch.invalid")))
        do {
            _ = try await unknown.send(post())
            Issue.record("there is an answer")
        } catch {
            guard case .unknownHost = error else {
                Issue.record("\(error)")
                return
            }
        }
        for address in ["", "relay", "ftp://a", "http://", "http:///x", "http://a:0", "http://a:65536", "https://a:x"] {
            #expect(HTTPOrigin(address: address) == nil, "\(address)")
        }
    }

    @Test func `a name with several addresses is tried until one accepts`() async throws {
        // "localhost" is ::1 first where there is IPv6, and nobody listens there.
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer("ok")
        }
        let origin = try #require(HTTPOrigin(address: "http://localhost:\(server.port)"))
        #expect(try await HTTPClient(origin).send(post()).body == Array("ok".utf8))
        let v6 = try #require(HTTPOrigin(address: "http://[::1]:8080/a/"))
        #expect(v6.host == "::1" && v6.port == 8080 && v6.path == "/a" && v6.authority == "[::1]:8080")
        #expect(HTTPOrigin(address: "https://Relay.example.org:443")?.authority.lowercased() == "relay.example.org")
    }

    @Test func `a cancelled task hears it at once, and its connection is closed`() async throws {
        let (closed, isClosed) = AsyncStream<Void>.makeStream()
        let (asked, isAsked) = AsyncStream<Void>.makeStream()
        let server = try ScriptedServer { peer in
            _ = peer.request()
            isAsked.yield()
            if peer.isClosedByClient() { isClosed.yield() }
        }
        let client = try client(server)
        let request = post()
        let task = Task { try await client.send(request) }
        for await _ in asked { break }
        task.cancel()
        await #expect(throws: HTTPClientError.cancelled) { try await task.value }
        for await _ in closed { break }
        // One that is cancelled before it begins never asks.
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(request)
        }
        await #expect(throws: HTTPClientError.cancelled) { try await early.value }
        #expect(server.connections == 1)
    }

    @Test func `a body is handed over as it comes, until nobody wants more`() async throws {
        let hasArrived = DispatchSemaphore(value: 0)
        let isClosed = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            // Each event waits for the one before it to arrive: nothing is held back.
            for number in 0..<6 {
                peer.send("data: \(number)\n\n")
                guard hasArrived.wait(timeout: .now() + 5) == .success else { return }
            }
            if peer.isClosedByClient() { isClosed.signal() }
        }
        let type = Mutex<String?>(nil)
        let text = Mutex("")
        try await client(server).stream(
            HTTPRequest(method: "GET", path: "/v1/watch"),
            onHead: { head in
                type.withLock { $0 = head.headers["Content-Type"] }
                return true
            },
            onBody: { bytes in
                defer { hasArrived.signal() }
                return text.withLock { text in
                    text += String(decoding: bytes, as: UTF8.self)
                    return !text.hasSuffix("data: 5\n\n")
                }
            })
        #expect(type.withLock { $0 } == "text/event-stream")
        #expect(text.withLock { $0 } == (0..<6).map { "data: \($0)\n\n" }.joined())
        #expect(isClosed.wait(timeout: .now() + 5) == .success)
    }
}
