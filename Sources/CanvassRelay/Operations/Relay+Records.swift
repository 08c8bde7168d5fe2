import CanvassCRDT
package import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassSQLite

/// What the access log and the audit log say of requests: nothing of a header, a query or a body, and no secret.
extension Relay {
    /// One line for each request.
    func recordAccess(_ incoming: HTTPIncomingRequest, _ outcome: RelayOutcome) {
        let status = outcome.response.status
        let level: RelayLog.Level = status >= 500 ? .warning : .info
        let log = environment.accessLog ?? environment.log
        guard log.isOn(level) else { return }
        var fields = origin(of: incoming)
        fields += [
            .init("method", .text(String(incoming.request.method.prefix(20)))),
            .init("path", .text(String(incoming.request.path.prefix(200)))), .init("status", .integer(Int64(status))),
            .init("received", .integer(Int64(incoming.request.body.count))),
            .init("sent", .integer(Int64(outcome.response.body.count))),
            .init("microseconds", .integer(Int64(outcome.elapsed / .microseconds(1)))),
        ]
        if let device = outcome.deed?.device { fields.append(.init("device", .text("\(device)"))) }
        log.record(level, "request", at: environment.now(), fields)
    }

    /// One line for bytes that never became a request.
    func recordRefusal(_ failure: HTTPFailure, from peer: HTTPAddress) {
        (environment.accessLog ?? environment.log).record(
            .info, "malformed request", at: environment.now(),
            ["peer": .text("\(peer)"), "status": .integer(Int64(failure.status)), "reason": .text(failure.reason)])
    }

    /// Who joined, who pulled and pushed what, and who was turned away.
    func recordDeed(_ incoming: HTTPIncomingRequest, _ outcome: RelayOutcome) {
        guard let log = environment.auditLog, let deed = outcome.deed else { return }
        let origin = origin(of: incoming)
        let now = environment.now()
        switch deed {
        case .joined(let device, let member):
            log.record(
                .info, "joined", at: now,
                origin + [.init("device", .text("\(device)")), .init("member", .text("\(member)"))])
        case .synced(let deed):
            guard !deed.pulled.isEmpty || !deed.pushed.isEmpty || deed.refusedCount > 0 else { return }
            log.record(
                .info, "synced", at: now,
                origin + [
                    .init("device", .text("\(deed.device)")),
                    .init("members", .list(deed.members.map { .text("\($0)") })),
                    .init("pulled", Self.counts(deed.pulled)), .init("pushed", Self.counts(deed.pushed)),
                    .init("refused", .integer(Int64(deed.refusedCount))),
                ])
        case .denied(let reason):
            log.record(
                .warning, "denied", at: now,
                origin + [
                    .init("path", .text(String(incoming.request.path.prefix(200)))),
                    .init("reason", .text(reason)),
                ])
        }
    }

    /// Who asked: the other end of the connection, and behind a proxy that is trusted the client that it names.
    private func origin(of incoming: HTTPIncomingRequest) -> [Value.Member] {
        let peer = Value.Member("peer", .text("\(incoming.peer)"))
        let client = environment.proxies.client(of: incoming)
        guard client != IPAddress(incoming.peer.host) ?? .unknown else { return [peer] }
        return [peer, .init("client", .text("\(client)"))]
    }

    /// Changes by scope.
    private static func counts(_ counts: [ScopeID: Int]) -> Value {
        .map(counts.sorted { $0.key < $1.key }.map { .init("\($0.key)", .integer(Int64($0.value))) })
    }

    /// What the operator did, in a process beside the one that serves.
    package func recordOperator(_ event: String, _ fields: KeyValuePairs<String, Value>, in log: RelayLog) {
        log.record(
            .info, event, at: environment.now(),
            [.init("by", .text("operator"))] + fields.map { .init($0.key, $0.value) })
    }

    /// Where the process that serves keeps its audit log; nil where it keeps none in a file.
    package func auditLogPath() throws -> String? {
        try database.read { connection in
            guard case .text(let path) = try connection.meta(.auditLog), !path.isEmpty else { return nil }
            return path
        }
    }

    package func setAuditLogPath(_ path: String?) throws {
        try database.write { connection in try connection.setMeta(.auditLog, .text(path ?? "")) }
    }
}

extension RelayOutcome.Deed {
    fileprivate var device: EntityID? {
        switch self {
        case .joined(let device, _): device
        case .synced(let deed): deed.device
        case .denied: nil
        }
    }
}
