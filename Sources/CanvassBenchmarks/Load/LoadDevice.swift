import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassHTTP
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire
import Foundation

/// A device of the load generator: what it says to the relay, without the work that a real one does between.
struct LoadDevice {
    private let headers: HTTPHeaders
    private var request: SyncRequest

    /// - Parameter request: what it asks; bookmark and roster move on with the answers.
    init(token: String, request: SyncRequest) throws {
        self.request = request
        var headers: HTTPHeaders = ["Content-Type": "application/cbor", "Accept": "application/cbor"]
        try headers.append("Authorization", "Bearer \(token)")
        self.headers = headers
    }

    /// The bytes of a sync that pushes a segment.
    func sync(pushing segment: [UInt8]? = nil) throws -> [UInt8] {
        try LoadDevice.bytes(
            HTTPRequest(method: "POST", path: "/v1/sync", headers: headers, body: message(pushing: segment)))
    }

    func message(pushing segment: [UInt8]?) -> [UInt8] {
        var request = request
        request.push = segment.map { [$0] } ?? []
        return request.encoded()
    }

    /// The bytes of a watch.
    func watch() throws -> [UInt8] {
        try LoadDevice.bytes(HTTPRequest(method: "GET", path: "/v1/watch", headers: headers))
    }

    /// Takes an answer over.
    ///
    /// - Throws: `WrongResult` where it is a refusal, or holds one.
    mutating func take(_ answer: LoadAnswer) throws -> SyncAnswer {
        let answer = try SyncAnswer(status: answer.status, contentType: answer.contentType, body: answer.body)
        guard !answer.isReset, answer.refused.isEmpty else { throw WrongResult("a push is refused: \(answer)") }
        request.bookmark = answer.bookmark
        if let roster = answer.roster { request.roster = roster.position }
        if let seal = answer.rosterSeal { request.rosterSeal = seal }
        return answer
    }

    static func bytes(_ request: HTTPRequest) throws -> [UInt8] {
        guard let head = request.serialisedHead(host: "127.0.0.1") else { throw WrongResult("a request is no HTTP") }
        return head + request.body
    }

    /// Lets a device join that has no replica, since it only reads.
    static func reader(invite: String, port: UInt16) throws -> LoadDevice {
        try LoadDevice(
            token: try join(1, by: invite, port: port)[0].token,
            request: SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: [], roster: 0, clock: 0, pageBytes: 4 << 20))
    }

    /// Lets devices join that have no replica, on several connections.
    ///
    /// - Parameter first: the number of the first of them, for names that differ.
    static func join(_ count: Int, by invite: String, first: Int = 0, port: UInt16) throws -> [JoinAnswer] {
        let connectionCount = min(count, RelayBenchmark.connectionCount)
        var answers: [JoinAnswer] = []
        var asked = 0
        var generator = try LoadGenerator(connections: connectionCount, port: port)
        try generator.run { _, answer in
            if let answer {
                answers.append(
                    try JoinAnswer(status: answer.status, contentType: answer.contentType, body: answer.body))
            }
            guard asked < count else { return nil }
            asked += 1
            return try join(invite, name: "Device \(first + asked)")
        }
        return answers
    }

    /// The bytes of a join by a device that nobody else is.
    private static func join(_ invite: String, name: String) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let join = JoinRequest(
            invite: String(invite.split(separator: "#").last ?? ""),
            device: EntityID(milliseconds: 0, random: (random.next(), random.next())),
            replica: ReplicaID(rawValue: random.next()),
            joinKey: bigEndianBytes(random.next() as UInt64) + bigEndianBytes(random.next() as UInt64), name: name,
            language: nil)
        return try bytes(
            HTTPRequest(
                method: "POST", path: "/v1/join",
                headers: ["Content-Type": "application/cbor", "Accept": "application/cbor"], body: join.encoded()))
    }
}

/// A device with the segments that it will push, one a request.
struct PushingDevice {
    private(set) var device: LoadDevice
    let segments: [[UInt8]]
    private(set) var pushed = 0

    /// - Parameters:
    ///   - count: changes of somewhat less than a kilobyte.
    ///   - segmentChanges: how many of them go into a segment at most.
    init(invite: String, count: Int, segmentChanges: Int = 1, folder: URL) async throws {
        let replica = try Replica.create(at: folder.appending(path: "\(UUID().uuidString).canvass").path)
        let enrolment = try await replica.join(invite)
        try await replica.sync()
        var random = SystemRandomNumberGenerator()
        let scope = ScopeID(.responses, enrolment.member)
        let edits = (0..<count).map { number in
            let text = (0..<PushingDevice.textWords).map { _ in String(random.next() as UInt64, radix: 32) }.joined()
            return Edit(
                scope: scope,
                edits: [
                    EntityEdit(
                        kind: EntityKind.response.rawValue,
                        entity: EntityID(milliseconds: Int64(number), random: (random.next(), random.next())),
                        operations: [Operation(.put(.text(text)), field: "comment")])
                ])
        }
        try replica.store.commit(edits, clockMilliseconds: 0)
        var limits = SyncLimits()
        limits.segmentChanges = segmentChanges
        limits.pushBytes = .max
        let prepared = try replica.store.prepareSync(withholding: [], clockMilliseconds: 0, limits: limits)
        guard let token = try replica.store.database.read({ try $0.metaText(.token) }) else {
            throw WrongResult("a replica is not enrolled")
        }
        segments = prepared.request.push
        let least = (count + segmentChanges - 1) / segmentChanges
        guard segments.count >= least else { throw WrongResult("\(segments.count) segments for \(count) changes") }
        var request = prepared.request
        request.pageBytes = 1 << 10
        device = try LoadDevice(token: token, request: request)
    }

    /// So long that a request is of about a kilobyte, with its head.
    private static let textWords = 52

    /// - Parameter answer: that to the push before.
    /// - Returns: nil once `end` segments are pushed in all.
    mutating func next(after answer: LoadAnswer?, upTo end: Int) throws -> [UInt8]? {
        if let answer {
            _ = try device.take(answer)
            pushed += 1
        }
        guard pushed < end else { return nil }
        return try device.sync(pushing: segments[pushed])
    }
}
