import CanvassHTTP
import CanvassHTTPServer
import Testing

/// Answers that go on.
@Suite struct HTTPStreamTests {
    @Test func `a stream has no length, goes on after its answer and ends with the connection`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        let head = try client.get("/stream")
        #expect(head.status == 200)
        #expect(!head.head.contains("Content-Length") && head.has("Connection: close"))
        #expect(try client.rest() == "begun123")
    }

    @Test func `nothing is answered after a stream on its connection, and others are not held up`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try TestClient(server).get("/").text == "ok")
        _ = try client.answer()
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.rest() == "begun123")
    }

    @Test func `a stream with nothing to say beats`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        #expect(try client.get("/quiet").status == 200)
        try client.receive(atLeast: 12)
        #expect(client.takeReceived().hasPrefix("beatbeatbeat"))
    }

    @Test func `HEAD asks what a stream would be, and keeps the connection`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send("HEAD /quiet HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer(hasBody: false).status == 200)
        #expect(try client.get("/").text == "ok")
    }

    @Test func `a client that leaves ends its stream`() throws {
        let server = try TestServer(HTTPServerConfiguration(connectionCount: 1))
        var clients: [TestClient] = []
        for _ in 0..<3 {
            let client = try TestClient(server)
            #expect(try client.get("/quiet").status == 200)
            client.reset()
            clients.append(client)
        }
    }

    @Test func `a server that stops ends its streams at once`() throws {
        let server = try TestServer()
        let client = try TestClient(server)
        _ = try client.get("/quiet")
        server.stopper.stop()
        #expect(server.returns(within: 5))
        _ = try client.rest()
    }
}
