import CanvassCoding
import CanvassHTTP
import CanvassHTTPServer
import CanvassWire

/// A request, read as far as it can be without the database.
struct RelayCall {
    enum Action {
        case health
        case ready
        case metrics
        case join(JoinRequest)
        case sync(SyncRequest, tokenHash: [UInt8])
        case watch(Relay.WatchRequest)
        case refuse(Problem)
    }

    private(set) var action: Action
    /// Where it came from, for an answer that goes on.
    let connectionID: UInt64
    /// The form of the answer.
    let format: MessageFormat
    /// What `Allow` says beside a 405.
    let allowedMethods: String

    init(_ incoming: HTTPIncomingRequest, for environment: RelayEnvironment) {
        let request = incoming.request
        connectionID = incoming.connectionID
        let requested = RelayCall.format(named: request.headers["Content-Type"])
        allowedMethods = Route(rawValue: request.path)?.allow ?? ""
        format = RelayCall.accepted(request.headers["Accept"]) ?? requested ?? .cbor
        do {
            action = try RelayCall.action(
                of: request, format: requested, isOperator: environment.operators.isListener(incoming.localPort),
                operatorTokenHash: environment.operators.tokenHash)
        } catch {
            action = .refuse(error)
        }
    }

    /// The same call, answered with a problem.
    func refused(_ problem: Problem) -> RelayCall {
        var call = self
        call.action = .refuse(problem)
        return call
    }

    /// - Parameters:
    ///   - isOperator: whether it came by the listener for operators, which serves no device.
    ///   - operatorTokenHash: of the operator's token; nil where there is none.
    private static func action(
        of request: HTTPRequest, format: MessageFormat?, isOperator: Bool, operatorTokenHash: [UInt8]?
    ) throws(Problem) -> Action {
        let isKnown: (Route) -> Bool = {
            isOperator ? $0.isForOperators : $0.access != .operators || operatorTokenHash != nil
        }
        guard let route = Route(rawValue: request.path), isKnown(route) else {
            let known = Route.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .notFound, "A relay answers at \(known). Check the address, with any path before these.")
        }
        guard route.methods.contains(request.method) else {
            throw Problem(
                .methodNotAllowed, "\(request.path) answers to \(route.allow). Send the request with such a method.")
        }
        switch route {
        case .health: return .health
        case .ready: return .ready
        case .metrics:
            if !isOperator, let operatorTokenHash {
                let presented = try tokenHash(request)
                guard constantTimeEquals(presented, operatorTokenHash) else {
                    throw Problem(.unknownToken, "This is not the operator's token.")
                }
            }
            return .metrics
        case .join: return .join(try message(request, format))
        case .sync:
            let hash = try tokenHash(request)
            return .sync(try message(request, format), tokenHash: hash)
        case .watch:
            let position = request.headers["Last-Event-ID"].flatMap { Int64($0) }
            return .watch(.init(tokenHash: try tokenHash(request), position: position))
        }
    }

    private static func message<Body: Message>(_ request: HTTPRequest, _ format: MessageFormat?) throws(Problem) -> Body
    {
        guard let format else {
            throw Problem(
                .malformedRequest,
                "The body is of no form known here. Send application/cbor or application/json, and say so in Content-Type."
            )
        }
        do {
            let value =
                switch format {
                case .cbor: try CBOR.decode(request.body)
                case .json: try JSON.decode(request.body)
                }
            if let spoken = value["protocol"]?.integerValue, spoken != Int64(ProtocolVersion.current) {
                throw Problem(
                    .unsupportedVersion,
                    "This relay speaks version \(ProtocolVersion.current), not \(spoken). Update "
                        + (spoken > Int64(ProtocolVersion.current) ? "the relay." : "Canvass on this device."))
            }
            return try Body(value: value)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.malformedRequest, "\(error). Update Canvass on the device and on the relay.")
        }
    }

    private static func tokenHash(_ request: HTTPRequest) throws(Problem) -> [UInt8] {
        let words = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw Problem(
                .unknownToken, "The request came without the token of its device. Send it: Authorization: Bearer TOKEN."
            )
        }
        return SecretHash.of(String(words[1]))
    }

    private static func format(named mediaType: String?) -> MessageFormat? {
        switch mediaType?.split(separator: ";").first?.lowercased().filter({ !$0.isWhitespace }) {
        case "application/cbor": .cbor
        case "application/json": .json
        default: nil
        }
    }

    /// The first form in `Accept` that the relay has.
    private static func accepted(_ accept: String?) -> MessageFormat? {
        (accept ?? "").split(separator: ",").lazy.compactMap { format(named: String($0)) }.first
    }
}
