import CanvassCRDT
import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassSQLite
import CanvassWire

extension Relay {
    /// - Parameter isWriting: whether the connection may write.
    func answer(_ call: RelayCall, isWriting: Bool, in connection: inout Connection) throws -> HTTPResponse {
        switch call.action {
        case .health:
            return HTTPResponse(
                status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array("ok\n".utf8))
        case .join(let request):
            let enrolment = Enrolment(identity: identity, environment: environment)
            return respond(try enrolment.join(request, in: &connection), call)
        case .sync(let request, let tokenHash):
            let session = SyncSession(identity: identity, environment: environment)
            let problem = try session.missingRoster(
                request, tokenHash: tokenHash, isWriting: isWriting, in: &connection)
            if let problem { return respond(problem, call) }
            return respond(
                try session.answer(request, tokenHash: tokenHash, isWriting: isWriting, in: &connection), call)
        case .watch(let request):
            return try watch(request, on: call.connectionID, in: &connection)
        case .refuse(let problem):
            return respond(problem, call)
        }
    }

    private func respond(_ message: some Message, _ call: RelayCall) -> HTTPResponse {
        let headers: HTTPHeaders =
            switch call.format {
            case .cbor: ["Content-Type": "application/cbor", "Cache-Control": "no-store"]
            case .json: ["Content-Type": "application/json", "Cache-Control": "no-store"]
            }
        return HTTPResponse(status: 200, headers: headers, body: message.encoded(as: call.format))
    }

    private func respond(_ problem: Problem, _ call: RelayCall) -> HTTPResponse {
        var headers: HTTPHeaders = ["Content-Type": "application/problem+json"]
        do {
            switch problem.kind {
            case .unknownToken: try headers.append("WWW-Authenticate", "Bearer")
            case .recovering: try headers.append("Retry-After", "60")
            case .methodNotAllowed: try headers.append("Allow", call.allowedMethods)
            default: break
            }
        } catch {
            preconditionFailure("\(error)")
        }
        return HTTPResponse(status: problem.kind.status, headers: headers, body: Array(JSON.encode(problem.value).utf8))
    }

    /// The answer to a call that failed: what the client has to hear, or that the relay has a fault, which goes to the log.
    func failure(_ error: any Error, for call: RelayCall) -> HTTPResponse {
        if let problem = error as? Problem { return respond(problem, call) }
        environment.log.record(.error, "failed", at: environment.now(), ["error": .text("\(error)")])
        if let error = error as? SQLiteError, error.isFull {
            return respond(
                Problem(
                    .storageFull,
                    "The disk of the relay is full, and nothing was stored. Sync again when the operator has made room."
                ), call)
        }
        return respond(
            Problem(
                .internalError,
                "The relay met a fault and stored nothing. Sync again later; the operator finds why in the log."), call)
    }

    /// One line for each request; nothing of its headers, its query or its body.
    func record(_ incoming: HTTPIncomingRequest, _ response: HTTPResponse) {
        let level: RelayLog.Level = response.status >= 500 ? .warning : .info
        guard environment.log.isOn(level) else { return }
        environment.log.record(
            level, "request", at: environment.now(),
            [
                "peer": .text("\(incoming.peer)"), "method": .text(String(incoming.request.method.prefix(20))),
                "path": .text(String(incoming.request.path.prefix(200))), "status": .integer(Int64(response.status)),
                "received": .integer(Int64(incoming.request.body.count)), "sent": .integer(Int64(response.body.count)),
            ])
    }
}
