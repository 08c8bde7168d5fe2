import CanvassHTTP
import CanvassHTTPServer
import Foundation
import TestSupport
import Testing

/// Requests and answers over real sockets.
@Suite struct HTTPServerTests {
    @Test(arguments: ["127.0.0.1", "::1", "0.0.0.0", "::"])
    func `answers on IPv4 and IPv6 and names the peer`(host: String) throws {
        let server = try TestServer(host: host)
        #expect(server.address.port != 0)
        let client = try TestClient(server)
        #expect(try client.get("/peer").text == (host.contains(":") ? "::1" : "127.0.0.1"))
    }

    @Test func `an answer carries date, length and type`() throws {
        let server = try TestServer(clock: TestClock().clock)
        let answer = try TestClient(server).get("/")
        #expect(answer.status == 200)
        #expect(answer.text == "ok")
        #expect(answer.has("Date: Sun, 06 Nov 1994 08:49:37 GMT"))
        #expect(answer.has("Content-Length: 2"))
        #expect(answer.has("Content-Type: text/plain"))
        #expect(!answer.head.contains("Connection:"))
    }

    @Test func `a connection serves one request after the other`() throws {
        let server = try TestServer()
        let kept = try TestClient(server)
        for number in 0..<50 {
            let body = "request \(number)"
            try kept.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(try kept.answer().text == body)
        }
    }

    @Test func `pipelined requests are answered in order and handled in one batch`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send(
            "GET /batch HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwo"
                + "GET /empty HTTP/1.1\r\nHost: a\r\n\r\nGET /batch HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().text == "4")
        #expect(try client.answer().text == "two")
        #expect(try client.answer().status == 204)
        #expect(try client.answer().text == "4")
    }

    @Test func `more pipelined requests than one turn takes are all answered`() throws {
        let server = try TestServer(HTTPServerConfiguration(pipelinedRequestCount: 4))
        let client = try TestClient(server)
        let count = 203
        try client.send(
            (0..<count).map { "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\(100 + $0)" }.joined())
        for number in 0..<count { #expect(try client.answer().text == "\(100 + number)") }
        #expect(try client.get("/batch").text == "1")
    }

    @Test func `large answers to pipelined requests wait until the client reads`() throws {
        let server = try TestServer(HTTPServerConfiguration(pipelinedRequestCount: 2))
        let client = try TestClient(server, receiveBuffer: 4096)
        let size = 3 << 20
        try client.send(String(repeating: "GET /size/\(size) HTTP/1.1\r\nHost: a\r\n\r\n", count: 5))
        for _ in 0..<5 {
            let answer = try client.answer()
            #expect(answer.body.count == size)
            #expect(answer.body.allSatisfy { $0 == UInt8(ascii: "x") })
        }
        #expect(try client.get("/").text == "ok")
    }

    @Test func `an answer leaves in one piece`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        for _ in 0..<200 {
            try client.send("GET /text/500 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receivesAnswerAtOnce(byteCount: 500))
        }
    }

    @Test func `a request sent byte by byte is one request`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        for byte in "POST /echo?q HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8 {
            try client.send([byte])
            usleep(200)
        }
        #expect(try client.answer().text == "hello")
    }

    @Test func `a large body arrives whole`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SplitMix64(seed: seed)
        let body = (0..<(3 << 20)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        try client.send(body)
        #expect(try client.answer().body == body, "seed \(seed)")
    }

    @Test func `HEAD gets the head of GET alone`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send("HEAD /size/70000 HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try client.answer(hasBody: false)
        #expect(answer.has("Content-Length: 70000"))
        #expect(try client.get("/").text == "ok")
    }

    @Test func `the connection closes where the client asks`() throws {
        let server = try TestServer()
        for (request, says) in [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "Connection: close"),
            ("GET / HTTP/1.0\r\n\r\n", "Connection: close"),
        ] {
            let client = try TestClient(server)
            try client.send(request + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().has(says))
            #expect(try client.isClosedByServer())
        }
        let old = try TestClient(server)
        for _ in 0..<2 {
            try old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try old.answer().has("Connection: keep-alive"))
        }
    }

    @Test func `an expectation is met when the body waits`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + head)
        #expect(try client.answer().text == "ok")
        #expect(try client.answer().head == "HTTP/1.1 100 Continue\r\n\r\n")
        try client.send("hi")
        #expect(try client.answer().text == "hi")
        try client.send(head + "hi")
        #expect(try client.answer().text == "hi")
    }

    @Test func `a client that has closed its sending half is answered`() throws {
        let server = try TestServer()
        let client = try TestClient(server, receiveBuffer: 4096)
        try client.send("GET /size/2000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.closeSendingHalf()
        #expect(try client.answer().body.count == 2_000_000)
        #expect(try client.isClosedByServer())
    }

    @Test(arguments: HostileRequests.all)
    func `hostile bytes are answered with a problem and the end`(hostile: HostileRequests.Case) throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + hostile.text)
        #expect(try client.answer().text == "ok")
        let answer = try client.answer()
        #expect(answer.status == hostile.status)
        #expect(answer.has("Connection: close"))
        #expect(answer.has("Content-Type: application/problem+json"))
        #expect(answer.text.hasPrefix(#"{"type":"about:blank","title":""#))
        #expect(try client.isClosedByServer())
    }

    @Test func `a client that goes in the middle leaves the others alone`() throws {
        let server = try TestServer()
        let other = try TestClient(server)
        for bytes in ["PO", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"] {
            let halting = try TestClient(server)
            try halting.send(bytes)
            halting.closeSendingHalf()
            #expect(try halting.isClosedByServer())
            let crashing = try TestClient(server)
            try crashing.send(bytes)
            crashing.reset()
        }
        let deaf = try TestClient(server, receiveBuffer: 4096)
        try deaf.send(String(repeating: "GET /size/4000000 HTTP/1.1\r\nHost: a\r\n\r\n", count: 4))
        try deaf.receiveSome()
        deaf.reset()
        #expect(try other.get("/").text == "ok")
    }

    @Test func `a taken port and a foreign address are refused with a remedy`() throws {
        let server = try TestServer()
        let other = try HTTPServer()
        #expect {
            _ = try other.bind(host: "127.0.0.1", port: server.address.port)
        } throws: { error in
            "\(error)".contains("Another program listens there")
        }
        #expect(throws: HTTPServerError.self) { try other.bind(host: "192.0.2.1", port: 0) }
        #expect(throws: HTTPServerError.self) { try other.bind(host: "no such host", port: 0) }
    }
}
