import CanvassCRDT
import CanvassRelay
import CanvassWire
import Testing

/// Every route against everybody who may ask, as `Route` has them.
@Suite final class RouteTableTests: WinterCampaign {
    init() throws {
        try super.init(
            relay: TestRelay { environment in
                environment.operators = OperatorAccess(token: "what only operators have")
            })
    }

    /// Who asks.
    private enum Asker: CaseIterable {
        case nobody, unknownToken, revokedDevice, revokedMember
        case collector, supervisor, reviewer, designer, admin

        var role: Role? { Role(rawValue: "\(self)") }
    }

    private func token(of asker: Asker) throws -> String? {
        switch asker {
        case .nobody: return nil
        case .unknownToken: return "0123456789ABCDEFGHJKMNPQRS"
        case .revokedDevice:
            _ = try relay.relay.revoke(ada.id.description)
            return ada.token
        case .revokedMember:
            _ = try relay.relay.revoke(bob.member.description)
            return bob.token
        case .admin: return admin.token
        case .collector: return try relay.device("collector", campaign: "Winter").token
        case .reviewer, .designer: return try relay.device("\(asker)", campaign: "Winter").token
        case .supervisor: return try relay.device("supervisor", campaign: "Winter", team: "North").token
        }
    }

    /// The status of the answer to a request that has nothing wrong with it but perhaps who sends it.
    private func send(_ route: Route, token: String?, invite: String) throws -> Int {
        // Its answer has no end.
        if route == .watch { return try WatchClient(relay, token: token).status }
        var headers = ["Content-Type": "application/cbor"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let body: [UInt8] =
            switch route {
            case .health, .ready, .metrics, .watch: []
            case .join: TestDevice(relay).joinRequest(invite).encoded()
            case .sync:
                SyncRequest(
                    bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: relay.now, pageBytes: 1000
                ).encoded()
            }
        return try RawClient.send(
            try #require(route.methods.first), route.rawValue, port: relay.port, headers: headers, body: body
        ).status
    }

    @Test(arguments: Route.allCases) func `a route answers whom the table says and nobody else`(route: Route) throws {
        for asker in Asker.allCases {
            let token = try token(of: asker)
            let (good, bad) = (try relay.invite("collector", campaign: "Winter"), "0123456789ABCDEFGHJKMNPQRS")
            let invited = try send(route, token: token, invite: good)
            let uninvited = try send(route, token: token, invite: bad)
            switch route.access {
            case .anybody: #expect(invited == 200 && uninvited == 200, "\(asker)")
            case .operators:
                #expect(invited == 401 && uninvited == 401, "no token of a device is the operator's: \(asker)")
            case .invited:
                #expect(invited == 200, "\(asker)")
                #expect(uninvited == 403, "no token and no role stands for an invite: \(asker)")
            case .enrolled:
                let expected =
                    asker.role != nil ? 200 : asker == .revokedDevice || asker == .revokedMember ? 403 : 401
                #expect(invited == expected && uninvited == expected, "\(asker)")
            }
        }
    }

    @Test(arguments: Route.allCases) func `other methods are told those of the table`(route: Route) throws {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "TRACE"]
        where !route.methods.contains(method) {
            let answer = try RawClient.send(
                method, route.rawValue, port: relay.port, headers: ["Authorization": "Bearer \(admin.token)"])
            #expect(answer.status == 405, "\(method)")
            #expect(answer.header("allow") == route.methods.joined(separator: ", "), "\(method)")
        }
    }

    @Test func `the specification shows the routes`() throws {
        let rows = Route.allCases.map { route in
            ["`\(route.rawValue)`", route.methods.joined(separator: ", "), route.access.title, route.purpose]
        }
        #expect(try Specification.shows([["path", "method", "who is answered", "what"]] + rows))
    }
}
