import Testing

/// Requests that must be refused, with the status that says why. Parser tests feed them, server tests send them.
enum HostileRequests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var status: Int

        init(_ text: String, _ status: Int) {
            self.text = text
            self.status = status
        }

        var testDescription: String { "\(status) for \(text.prefix(90).debugDescription)" }
    }

    static let all = requestLines + fields + framing + sizes

    private static let requestLines = [
        Case("\u{16}\u{3}\u{1}\u{2}\u{0}", 400),  // a TLS client
        Case("\r\n\r\nGET / HTTP/1.1\r\n", 400),
        Case(" GET / HTTP/1.1\r\n", 400),
        Case("GET / HTTP/1.1\nHost: a\n\n", 400),
        Case("\nGET / HTTP/1.1\r\n", 400),
        Case("\rGET / HTTP/1.1\r\n", 400),
        Case("GET / HTTP/1.1\r\r\n", 400),
        Case("GET  / HTTP/1.1\r\n", 400),
        Case("GET /  HTTP/1.1\r\n", 400),
        Case("GET / HTTP/1.1 \r\n", 400),
        Case("GET\t/ HTTP/1.1\r\n", 400),
        Case("GET /a b HTTP/1.1\r\n", 400),
        Case("GET /\r\n", 400),
        Case("GET\r\n", 400),
        Case("G(T / HTTP/1.1\r\n", 400),
        Case("GET / http/1.1\r\n", 400),
        Case("GET / HTTP/11\r\n", 400),
        Case("GET / HTTP/1.10\r\n", 400),
        Case("GET / HTTP/2.0\r\n", 505),
        Case("GET / HTTP/1.2\r\n", 505),
        Case("GET / HTTP/0.9\r\n", 505),
        Case("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Case("GET http://a/ HTTP/1.1\r\n", 400),
        Case("CONNECT a:443 HTTP/1.1\r\n", 400),
        Case("GET * HTTP/1.1\r\n", 400),
        Case("GET a HTTP/1.1\r\n", 400),
        Case("GET /a#b HTTP/1.1\r\n", 400),
        Case("GET /a% HTTP/1.1\r\n", 400),
        Case("GET /a%2 HTTP/1.1\r\n", 400),
        Case("GET /%zz HTTP/1.1\r\n", 400),
        Case("GET /a\\b HTTP/1.1\r\n", 400),
        Case("GET /é HTTP/1.1\r\n", 400),
        Case("GET /\u{0} HTTP/1.1\r\n", 400),
    ]

    private static let fields = [
        "Host : a\r\n", "Host a\r\n", ": a\r\n", "Ho st: a\r\n", " Host: a\r\n", "Host: a\n", "Host: a\rX: b\r\n",
        "Host: a\r\n folded\r\n", "Host: a\r\n\tfolded\r\n", "Host: a\r\nX: \u{0}\r\n", "Host: a\r\nX: \u{1}b\r\n",
        "Host: a\r\nX: \u{7F}\r\n", "Host: a\r\nÜ: b\r\n", "Host: a\r\nX\u{0}: b\r\n", "Host: a\r\n\r\r\n",
        "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "X: no host\r\n", "Host: a b\r\n", "Host: a, b\r\n",
        "Host: a/b\r\n", "Host: u@a\r\n", "Host: a:b\r\n", "Host: [::1\r\n", "Host: []\r\n", "Host: [::1]x\r\n",
    ].map { Case("GET / HTTP/1.1\r\n\($0)\r\n", 400) }

    private static let framing = [
        ("Content-Length: 5\r\nContent-Length: 5\r\n", 400), ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("Content-Length: 5, 5\r\n", 400), ("Content-Length: +5\r\n", 400), ("Content-Length: -1\r\n", 400),
        ("Content-Length: 0x5\r\n", 400), ("Content-Length: 5.0\r\n", 400), ("Content-Length: 5 5\r\n", 400),
        ("Content-Length:\r\n", 400), ("Content-Length: ５\r\n", 400),
        ("Content-Length: 9223372036854775808\r\n", 413), ("Content-Length: 9223372036854775807\r\n", 413),
        ("Content-Length: 99999999999999999999999999999999999999\r\n", 413),
        ("Content-Length: 99999999999999999999999999999999999999x\r\n", 400),
        ("Transfer-Encoding: chunked\r\n", 501), ("transfer-encoding: identity\r\n", 501),
        ("Transfer-Encoding:\r\n", 501), ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 501),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 501),
        ("Expect: 200-ok\r\nContent-Length: 5\r\n", 417), ("Expect: 100-continue, x\r\nContent-Length: 5\r\n", 417),
        ("Expect:\r\n", 417),
    ].map { Case("POST / HTTP/1.1\r\nHost: a\r\n\($0)\r\n", $1) }

    private static let sizes = [
        Case("GET /" + String(repeating: "a", count: 8 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Case(String(repeating: "A", count: 9 << 10), 414),
        Case("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "b", count: 16 << 10) + "\r\n\r\n", 431),
        Case("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X:\r\n", count: 100) + "\r\n", 431),
        Case("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 413),
    ]
}
