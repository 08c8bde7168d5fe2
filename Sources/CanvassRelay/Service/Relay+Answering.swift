import CanvassCRDT
import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassSQLite
import CanvassWire

extension Relay {
    /// - Parameter isWriting: whether the connection may write.
    func answer(_ call: RelayCall, isWriting: Bool, in connection: inout LogConnection) throws -> RelayOutcome {
        switch call.action {
        case .health:
            return RelayOutcome(
                HTTPResponse(
                    status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array("ok\n".utf8)))
        case .ready:
            return RelayOutcome(readiness(in: &connection))
        case .metrics:
            return RelayOutcome(try metricsPage(in: &connection))
        case .join(let request):
            let enrolment = Enrolment(identity: identity, environment: environment)
            let answer = try enrolment.join(request, in: &connection)
            return RelayOutcome(respond(answer, call), .joined(device: request.device, member: answer.member))
        case .sync(let request, let tokenHash):
            let session = SyncSession(identity: identity, environment: environment)
            let problem = try session.missingRoster(
                request, tokenHash: tokenHash, isWriting: isWriting, in: &connection)
            if let problem { return respond(problem, call) }
            let (answer, deed) = try session.answer(
                request, tokenHash: tokenHash, isWriting: isWriting, in: &connection)
            return RelayOutcome(respond(answer, call), .synced(deed))
        case .watch(let request):
            return RelayOutcome(try watch(request, on: call.connectionID, in: &connection))
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

    private func respond(_ problem: Problem, _ call: RelayCall) -> RelayOutcome {
        var headers: HTTPHeaders = ["Content-Type": "application/problem+json"]
        do {
            switch problem.kind {
            case .unknownToken: try headers.append("WWW-Authenticate", "Bearer")
            case .recovering: try headers.append("Retry-After", "60")
            case .tooManyRequests: try headers.append("Retry-After", "\(problem.retryAfterSeconds ?? 1)")
            case .methodNotAllowed: try headers.append("Allow", call.allowedMethods)
            default: break
            }
        } catch {
            preconditionFailure("\(error)")
        }
        return RelayOutcome(
            HTTPResponse(
                status: problem.kind.status, headers: headers, body: Array(JSON.encode(problem.value).utf8)),
            [401, 403].contains(problem.kind.status) ? .denied(reason: problem.kind.rawValue) : nil)
    }

    /// The answer to a call that failed: what the client has to hear, or that the relay has a fault, which goes to the log.
    func failure(_ error: any Error, for call: RelayCall) -> RelayOutcome {
        if let problem = error as? Problem { return respond(problem, call) }
        environment.log.record(.error, "failed", at: environment.now(), ["error": .text("\(error)")])
        if (error as? SQLiteError)?.isFull == true || (error as? LogDatabaseError)?.kind == .full {
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
}
