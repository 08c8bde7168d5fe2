import CanvassCRDT
import CanvassCoding
import CanvassWire

/// A device as the relay meets it.
struct TestDevice {
    let relay: TestRelay
    let id: EntityID
    var replica: ReplicaID
    var joinKey: [UInt8]
    private(set) var token = ""
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
        member = answer.member
        return answer
    }

    /// - Throws: `Problem` when the relay says one.
    func sync(_ request: SyncRequest) throws -> SyncAnswer {
        try post("/v1/sync", request)
    }

    func sync(
        push: [Segment] = [], bookmark: [UInt8]? = nil, vectors: [ScopeReport] = [], reports: [ScopeReport] = [],
        roster: UInt64 = 0, pageBytes: UInt64 = 1 << 20
    ) throws -> SyncAnswer {
        try sync(
            SyncRequest(
                bookmark: bookmark, vectors: vectors, reports: reports, push: push.map(\.encoded), roster: roster,
                clock: relay.now, pageBytes: pageBytes))
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

    /// The segments of one scope.
    func segments(in scope: ScopeID) throws -> [Segment] {
        try decoded().filter { $0.scope == scope }
    }

    func vector(of scope: ScopeID) -> VersionVector? {
        scopes.first { $0.scope == scope }?.vector
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
