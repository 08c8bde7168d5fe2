import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import Foundation
import Testing

/// Compressed bodies, both ways, over real sockets.
@Suite struct ContentCodingTests {
    private func post(_ body: [UInt8], _ header: String) -> [UInt8] {
        Array("POST /echo HTTP/1.1\r\nHost: a\r\n\(header)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    private func gzip(_ text: String) throws -> [UInt8] { try Deflate.compress(Array(text.utf8), wrapper: .gzip) }

    @Test(arguments: [
        ("gzip", Deflate.Wrapper.gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("deflate", .zlib), ("identity", nil),
    ])
    func `a compressed body is handed on as it was`(name: String, wrapper: Deflate.Wrapper?) throws {
        let text = String(repeating: "many of the same words ", count: 400)
        let bytes = Array(text.utf8)
        let server = try TestServer()
        let client = try TestClient(server)
        let coded = try wrapper.map { try Deflate.compress(bytes, wrapper: $0) } ?? bytes
        try client.send(post(coded, "Content-Encoding: \(name)"))
        #expect(try client.answer().body == bytes)
        #expect(try client.get("/").text == "ok", "the connection is kept")
    }

    @Test func `what comes out is capped, however little goes in`() throws {
        let server = try TestServer(HTTPServerConfiguration(limits: HTTPLimits(body: 1_000_000)))
        let bomb = try Deflate.compress([UInt8](repeating: 0, count: 1_000_001), level: 9, wrapper: .gzip)
        #expect(bomb.count < 2000)
        let client = try TestClient(server)
        try client.send(post(bomb, "Content-Encoding: gzip"))
        #expect(try client.answer().status == 413)
        #expect(try client.isClosedByServer())
        let fitting = try TestClient(server)
        try fitting.send(
            post(
                try Deflate.compress([UInt8](repeating: 0, count: 1_000_000), level: 9, wrapper: .gzip),
                "Content-Encoding: gzip"))
        #expect(try fitting.answer().body.count == 1_000_000)
    }

    @Test func `many that grow are decoded a turn at a time, and all are answered`() throws {
        let server = try TestServer(HTTPServerConfiguration(decodedBytesPerTurn: 500_000))
        let body = try Deflate.compress([UInt8](repeating: 7, count: 300_000), wrapper: .gzip)
        let clients = try (0..<6).map { _ in try TestClient(server) }
        for client in clients {
            try client.send(post(body, "Content-Encoding: gzip") + post(body, "Content-Encoding: gzip"))
        }
        for client in clients {
            for _ in 0..<2 { #expect(try client.answer().body.count == 300_000) }
            #expect(try client.get("/").text == "ok")
        }
    }

    @Test func `damaged and foreign codings are refused`() throws {
        let good = try gzip("some text, long enough to be damaged")
        var flipped = good
        flipped[flipped.count - 6] ^= 1
        let server = try TestServer()
        for (body, header, status) in [
            (Array("no gzip".utf8), "Content-Encoding: gzip", 400), (flipped, "Content-Encoding: gzip", 400),
            (Array(good.dropLast()), "Content-Encoding: gzip", 400), (good + [0], "Content-Encoding: gzip", 400),
            (good + good, "Content-Encoding: gzip", 400), ([], "Content-Encoding: gzip", 400),
            (good, "Content-Encoding: deflate", 400), (good, "Content-Encoding: br", 415),
            (good, "Content-Encoding: gzip, gzip", 415),
            (good, "Content-Encoding: gzip\r\nContent-Encoding: gzip", 415),
            (good, "Content-Encoding: identity, gzip", 415), (good, "Content-Encoding:", 415),
        ] {
            let client = try TestClient(server)
            try client.send(post(body, header))
            let answer = try client.answer()
            #expect(answer.status == status, "\(header)")
            #expect(answer.has("Content-Type: application/problem+json"))
            #expect(try client.isClosedByServer())
        }
    }

    @Test(
        arguments: [
            ("gzip", "gzip"), ("gzip, deflate, br", "gzip"), ("deflate", "deflate"), ("*", "gzip"), ("br, zstd", nil),
            ("gzip;q=0", nil), ("gzip;q=0, *", "deflate"), ("gzip;q=0.1, deflate;q=0.9", "deflate"),
            ("GZIP ; Q=1", "gzip"),
            ("identity", nil), ("", nil), (nil, nil), ("gzip;q=x", nil),
        ] as [(String?, String?)])
    func `a text is compressed for whoever takes it so`(accepted: String?, coding: String?) throws {
        let server = try TestServer()
        let client = try TestClient(server)
        let line = accepted.map { "Accept-Encoding: \($0)\r\n" } ?? ""
        try client.send("GET /text/50000 HTTP/1.1\r\nHost: a\r\n\(line)\r\n")
        let answer = try client.answer()
        #expect(answer.has("Vary: Accept-Encoding"))
        let plain = [UInt8](repeating: UInt8(ascii: "t"), count: 50_000)
        if let coding {
            #expect(answer.has("Content-Encoding: \(coding)"))
            #expect(answer.body.count < 1000)
            let wrapper: Deflate.Wrapper = coding == "gzip" ? .gzip : .zlib
            #expect(try Deflate.decompress(answer.body, maximumBytes: 50_000, wrapper: wrapper) == plain)
            try client.send("HEAD /text/50000 HTTP/1.1\r\nHost: a\r\n\(line)\r\n")
            #expect(try client.answer(hasBody: false).has("Content-Length: \(answer.body.count)"))
        } else {
            #expect(!answer.head.contains("Content-Encoding"))
            #expect(answer.body == plain)
        }
    }

    @Test(arguments: ["/size/50000", "/text/100", "/text/5000000"])
    func `what is no text, small or very large goes as it is`(path: String) throws {
        let server = try TestServer()
        let client = try TestClient(server)
        try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
        #expect(!(try client.answer().head.contains("Content-Encoding")))
    }
}
