import CanvassHTTP
import CanvassHTTPServer
import Foundation
import Testing

/// What a server grants and withholds: sizes, numbers, time, and the end.
@Suite struct HTTPServerLimitTests {
    private let half = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"

    private func elapsed(_ body: () throws -> Void) rethrows -> Duration {
        try ContinuousClock().measure(body)
    }

    @Test func `a body over the limit is refused before it is read, and the client can read why`() throws {
        let server = try TestServer(HTTPServerConfiguration(limits: HTTPLimits(body: 1000)))
        let client = try TestClient(server)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
        try client.send([UInt8](repeating: 0, count: 3_000_000))
        #expect(try client.answer().status == 413)
        #expect(try client.isClosedByServer())
    }

    @Test func `a header that drips is cut off at its deadline`() throws {
        let server = try TestServer(HTTPServerConfiguration(headerDeadline: .milliseconds(250)))
        let client = try TestClient(server)
        let time = try elapsed {
            for byte in "GET / HTTP/1.1\r\n".utf8 {
                try client.send([byte])
                usleep(10_000)
            }
            let answer = try client.answer()
            #expect(answer.status == 408)
            #expect(answer.has("Connection: close"))
        }
        #expect(time > .milliseconds(240) && time < .seconds(4))
        #expect(try client.isClosedByServer())
    }

    @Test func `a body that does not come is cut off at its deadline`() throws {
        let server = try TestServer(HTTPServerConfiguration(bodyDeadline: .milliseconds(150)))
        let client = try TestClient(server)
        try client.send(half)
        let time = try elapsed {
            let answer = try client.answer()
            #expect(answer.status == 408)
        }
        #expect(time > .milliseconds(100) && time < .seconds(4))
    }

    @Test func `an idle connection is closed without a word, by the clock`() throws {
        let time = TestClock()
        let server = try TestServer(clock: time.clock)
        let idle = try TestClient(server)
        #expect(try idle.get("/").text == "ok")
        time.advance(seconds: 119)
        #expect(try TestClient(server).get("/").text == "ok")
        #expect(try idle.get("/").text == "ok")
        time.advance(seconds: 121)
        #expect(try TestClient(server).get("/").text == "ok")
        #expect(try idle.isClosedByServer())
    }

    @Test func `a slow line gets the time its body needs, and no more`() throws {
        let time = TestClock()
        let server = try TestServer(HTTPServerConfiguration(slowestBytesPerSecond: 10), clock: time.clock)
        let client = try TestClient(server)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n")
        #expect(try client.answer().status == 100)
        // 60 s for any body, 100 s for this one.
        time.advance(seconds: 159)
        try client.send([UInt8](repeating: 0, count: 999))
        #expect(try TestClient(server).get("/").text == "ok")
        time.advance(seconds: 2)
        #expect(try TestClient(server).get("/").text == "ok")
        #expect(try client.answer().status == 408)
    }

    @Test func `a client that does not read is cut off`() throws {
        let server = try TestServer(
            HTTPServerConfiguration(writeDeadline: .milliseconds(150), slowestBytesPerSecond: 1 << 40))
        let client = try TestClient(server, receiveBuffer: 4096)
        try client.send("GET /size/16000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        usleep(400_000)
        #expect(throws: TestClient.Failure.self) { try client.answer() }
    }

    @Test func `a thousand idle connections cost the next request nothing`() throws {
        let server = try TestServer()
        let idle = try (0..<1000).map { _ in try TestClient(server) }
        #expect(try TestClient(server).get("/").text == "ok")
        for client in [idle[0], idle[500], idle[999]] { #expect(try client.get("/").text == "ok") }
    }

    @Test func `connections over the cap wait, and those open make way`() throws {
        let server = try TestServer(HTTPServerConfiguration(connectionCount: 2))
        let first = try TestClient(server)
        let second = try TestClient(server)
        #expect(try first.get("/").text == "ok")
        #expect(try second.get("/").text == "ok")
        let third = try TestClient(server)
        try third.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        usleep(50_000)
        let last = try first.get("/")
        #expect(last.has("Connection: close"))
        #expect(try first.isClosedByServer())
        first.reset()
        #expect(try third.answer().text == "ok")
    }

    @Test func `incomplete bodies over the common limit are refused, complete requests are not`() throws {
        let server = try TestServer(HTTPServerConfiguration(incompleteRequestBytes: 100_000))
        let holder = try TestClient(server)
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n"
        try holder.send(head)
        try holder.send([UInt8](repeating: 1, count: 89_999))
        usleep(50_000)
        let other = try TestClient(server)
        try other.send(head)
        try other.send([UInt8](repeating: 1, count: 30_000))
        #expect(try other.answer().status == 503)
        try holder.send([1])
        #expect(try holder.answer().body.count == 90_000)
        let later = try TestClient(server)
        try later.send(head)
        try later.send([UInt8](repeating: 1, count: 90_000))
        #expect(try later.answer().status == 200)
    }

    @Test func `running out of descriptors delays clients and loses none`() async {
        await #expect(processExitsWith: .success) {
            let server = try TestServer()
            var clients = [try TestClient(server)]
            #expect(try clients[0].get("/").text == "ok")
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            var fillers: [Int32] = []
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
            // Both ends of a connection live in this process. There is room for both ends of the second, and for the
            // client's end of the third.
            for filler in fillers.suffix(3) { close(filler) }
            clients.append(try TestClient(server))
            #expect(try clients[1].get("/").text == "ok")
            clients.append(try TestClient(server))
            try clients[2].send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            usleep(50_000)
            #expect(try clients[1].get("/").has("Connection: close"))
            clients.removeFirst(2)
            #expect(try clients[0].answer().text == "ok")
        }
    }

    @Test func `stopping drains: the idle go, what has begun is finished`() throws {
        let server = try TestServer()
        let idle = try TestClient(server)
        let busy = try TestClient(server)
        #expect(try idle.get("/").text == "ok")
        try busy.send(half)
        #expect(try TestClient(server).get("/").text == "ok")
        server.stopper.stop()
        server.stopper.stop()
        #expect(try idle.isClosedByServer())
        #expect(throws: TestClient.Failure.self) { try TestClient(server).get("/") }
        #expect(!server.returns(within: 0.1))
        try busy.send("-more")
        let answer = try busy.answer()
        #expect(answer.text == "half-more")
        #expect(answer.has("Connection: close"))
        #expect(try busy.isClosedByServer())
        busy.reset()
        #expect(server.returns(within: 4))
    }

    @Test func `stopping does not wait for ever`() throws {
        let server = try TestServer(HTTPServerConfiguration(drainDeadline: .milliseconds(150)))
        let busy = try TestClient(server)
        try busy.send(half)
        #expect(try TestClient(server).get("/").text == "ok")
        server.stopper.stop()
        #expect(server.returns(within: 4))
        #expect(throws: TestClient.Failure.self) { try busy.answer() }
    }

    @Test func `a server without connections stops at once`() throws {
        let server = try TestServer()
        server.stopper.stop()
        #expect(server.returns(within: 1))
    }
}
