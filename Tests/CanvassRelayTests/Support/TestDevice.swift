import CanvassCRDT
import CanvassCoding
import CanvassWire
import Testing

/// A device as the relay meets it.
struct TestDevice {
    let relay: TestRelay
    let id: EntityID
    var replica: ReplicaID
    var joinKey: [UInt8]
    private(set) var token = ""
    private(set) var deviceKey: [UInt8] = []
    private(set) var certificate: [UInt8] = []
    private(set) var member: EntityID

    init(_ relay: TestRelay) {
        self.relay = relay
        id = relay.newID()
        replica = ReplicaID(rawValue: relay.random())
        joinKey = bigEndianBytes(relay.random()) + bigEndianBytes(relay.random())
        member = id
    }

    func chain(in scope: ScopeID) -> Chain { Chain(scope: scope, replica: replica, author: id) }

    /// The chain in the scope of what this device's member collects.
    var responses: Chain { chain(in: ScopeID(.responses, member)) }

    func joinRequest(_ invite: String, name: String? = nil) -> JoinRequest {
        JoinRequest(invite: invite, device: id, replica: replica, joinKey: joinKey, name: name, language: nil)
    }

    /// - Throws: `Problem` when the relay says one.
    @discardableResult
    mutating func join(_ invite: String, name: String? = nil) throws -> JoinAnswer {
        let answer: JoinAnswer = try post("/v1/join", joinRequest(invite, name: name))
        token = answer.token
        deviceKey = answer.deviceKey
        certificate = answer.certificate
        member = answer.member
        return answer
    }

    /// Comes back by its certificate to a relay that lost it.
    ///
    /// - Throws: `Problem` when the relay says one.
    @discardableResult
    mutating func joinAgain(certificate: [UInt8]? = nil, joinKey: [UInt8]? = nil) throws -> JoinAnswer {
        let answer: JoinAnswer = try post(
            "/v1/join",
            JoinRequest(
                invite: "", device: id, replica: replica, joinKey: joinKey ?? self.joinKey, name: nil, language: nil,
                certificate: certificate ?? self.certificate))
        token = answer.token
        return answer
    }

    /// - Throws: `Problem` when the relay says one.
    func sync(_ request: SyncRequest) throws -> SyncAnswer {
        try post("/v1/sync", request)
    }

    func sync(
        push: [Segment] = [], bookmark: [UInt8]? = nil, vectors: [ScopeReport] = [], reports: [ScopeReport] = [],
        certificates: [[UInt8]] = [], roster: UInt64 = 0, pageBytes: UInt64 = 1 << 20, rosterSeal: [UInt8]? = nil
    ) throws -> SyncAnswer {
        try sync(
            SyncRequest(
                bookmark: bookmark, vectors: vectors, reports: reports, push: push.map(\.encoded),
                certificates: certificates, roster: roster, clock: relay.now, pageBytes: pageBytes,
                rosterSeal: rosterSeal))
    }

    /// The segment as this device gives it to a carrier.
    func sealed(_ segment: Segment) -> Segment {
        var sealed = segment
        sealed.seals.device = Seal.device(segment.scope, segment.after, key: deviceKey)
        return sealed
    }

    private func post<Answer: Message>(_ path: String, _ message: some Message) throws -> Answer {
        var headers = ["Content-Type": "application/cbor"]
        if !token.isEmpty { headers["Authorization"] = "Bearer \(token)" }
        let answer = try relay.post(path, message.encoded(), headers: headers)
        guard answer.status == 200 else {
            guard let problem = Problem(value: try answer.json()) else { throw Unexpected(status: answer.status) }
            throw problem
        }
        return try Answer(decoding: answer.body)
    }

    struct Unexpected: Error {
        let status: Int
    }
}

extension SyncAnswer {
    func decoded() throws -> [Segment] {
        try segments.map { try Segment(decoding: $0) }
    }

    /// The segments as they were pushed: without the relay's seals.
    func unsealed() throws -> [Segment] {
        try decoded().map { segment in
            var segment = segment
            (segment.seals.relay, segment.seals.voidListHash) = (nil, nil)
            return segment
        }
    }

    /// Those of one scope.
    func segments(in scope: ScopeID) throws -> [Segment] {
        try unsealed().filter { $0.scope == scope }
    }

    /// The same with the relay's seals, as a client hands them on.
    func sealed(in scope: ScopeID) throws -> [Segment] {
        try decoded().filter { $0.scope == scope }
    }

    func vector(of scope: ScopeID) -> VersionVector? {
        scopes.first { $0.scope == scope }?.vector
    }

    /// The reasons of the refusals, in order.
    var reasons: [RefusalReason?] { refused.map { RefusalReason(rawValue: $0.reason) } }

    /// The marks of the page by the change that they are on, which come before a change without its body.
    ///
    /// - Parameter marks: those of earlier pages, which the result holds as well.
    func marks(after marks: [Dot: String] = [:]) throws -> [Dot: String] {
        var marks = marks
        for segment in try decoded() {
            for change in try segment.changes() {
                guard let body = change.body, let read = try? ChangeBody(decoding: body) else {
                    #expect(change.body != nil || marks[change.dot] != nil, "a change without a body leads its mark")
                    continue
                }
                let author = try ChangeHead(decoding: change.head).author
                for mark in read.edits.flatMap({ $0.marks(by: author) }) { marks[mark.dot] = mark.reason }
            }
        }
        return marks
    }
}

/// Syncs page by page until nothing more waits.
///
/// - Returns: all answers.
func pages(
    of device: TestDevice, from bookmark: [UInt8]? = nil, pageBytes: UInt64 = 1 << 20, limit: Int = 1000
) throws -> [SyncAnswer] {
    var answers: [SyncAnswer] = []
    var bookmark = bookmark
    repeat {
        let answer = try device.sync(bookmark: bookmark, pageBytes: pageBytes)
        bookmark = answer.bookmark
        answers.append(answer)
    } while answers.last?.more == true && answers.count < limit
    return answers
}
