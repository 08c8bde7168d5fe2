import CanvassHTTP
import Testing

@testable import CanvassHTTPServer
@testable import CanvassRelay

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whom a relay behind a proxy takes a request to come from.
@Suite struct AddressTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
        ("::ffff:10.0.0.0/104", "10.1.2.3", true), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
    ]) func `a network holds what begins like it`(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "10.0.0.0/8/8", "fd00::/129", "10.0.0/8",
        "10.0.0.0/+8",
    ]) func `what is no network is refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    private func client(_ field: TrustedProxies.Field, _ values: [String], peer: String) throws -> IPAddress {
        let proxies = TrustedProxies(
            try ["10.0.0.0/8", "fd00::/8"].map { try #require(AddressRange($0)) }, field: field)
        var headers = HTTPHeaders()
        for value in values { try headers.append(field.rawValue, value) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, peer, &address.sin_addr)
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
        return proxies.client(
            of: HTTPIncomingRequest(
                request: HTTPRequest(method: "POST", path: "/v1/sync", headers: headers), connectionID: 1,
                peer: HTTPAddress(storage)))
    }

    @Test(
        arguments: [
            (["198.51.100.7"], "198.51.100.7"), ([], "10.0.0.1"), ([""], "10.0.0.1"), (["unknown"], "10.0.0.1"),
            (["203.0.113.1, 198.51.100.7"], "198.51.100.7"), (["203.0.113.1", "198.51.100.7"], "198.51.100.7"),
            (["198.51.100.7, 10.0.0.9"], "198.51.100.7"), (["198.51.100.7, nonsense, 10.0.0.9"], "10.0.0.9"),
            (["10.0.0.3, 10.0.0.2"], "10.0.0.3"), (["198.51.100.7:4711"], "198.51.100.7"),
            (["[2001:db8::1]:4711"], "2001:db8::1"), (["2001:db8::1"], "2001:db8::1"), (["198.51.100.7,"], "10.0.0.1"),
        ] as [([String], String)])
    func `the last hop that is no trusted proxy is the client`(values: [String], expected: String) throws {
        #expect(try client(.xForwardedFor, values, peer: "10.0.0.1") == IPAddress(expected))
    }

    @Test(
        arguments: [
            (["for=198.51.100.7"], "198.51.100.7"), (["by=x;For=\"[2001:db8::1]:80\";proto=https"], "2001:db8::1"),
            (["for=203.0.113.1, for=198.51.100.7;by=10.0.0.1"], "198.51.100.7"), (["for=_hidden"], "10.0.0.1"),
            (["for=\"a,b\", for=198.51.100.7"], "198.51.100.7"), (["proto=https"], "10.0.0.1"),
            (["for=198.51.100.7", "for=\"[fd00::5]\""], "198.51.100.7"), (["for=\""], "10.0.0.1"),
        ] as [([String], String)])
    func `so it is in the field of RFC 7239`(values: [String], expected: String) throws {
        #expect(try client(.forwarded, values, peer: "10.0.0.1") == IPAddress(expected))
    }

    @Test(arguments: TrustedProxies.Field.allCases)
    func `a stranger's word about where it comes from counts for nothing`(field: TrustedProxies.Field) throws {
        let value = field == .forwarded ? "for=198.51.100.7" : "198.51.100.7"
        #expect(try client(field, [value], peer: "203.0.113.5") == IPAddress("203.0.113.5"))
    }

    @Test func `addresses beyond what is kept share one allowance`() throws {
        var limiter = RateLimiter(RateLimits(devicePerMinute: 0, strangerPerMinute: 1))
        for index in 0..<RateLimiter.mostAddresses {
            let address = try #require(IPAddress("10.\(index >> 16).\(index >> 8 & 255).\(index & 255)"))
            #expect(limiter.admit(tokenHash: nil, from: address, at: 0) == 0)
        }
        let others = try (0..<10).map { try #require(IPAddress("198.51.100.\($0)")) }
        let waits = others.map { limiter.admit(tokenHash: nil, from: $0, at: 0) }
        #expect(waits.prefix(5).allSatisfy { $0 == 0 } && waits.suffix(5).allSatisfy { $0 > 0 })
        // What has used up nothing is forgotten, and there is room again.
        #expect(others.allSatisfy { limiter.admit(tokenHash: nil, from: $0, at: 3_600_000) == 0 })
    }
}
