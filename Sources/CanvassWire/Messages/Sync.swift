package import CanvassCRDT
package import CanvassCoding

/// `POST /v1/sync`: what the client has that the relay lacks, and where to go on from. One round trip both ways.
package struct SyncRequest: Message {
    /// The relay's own "you have all I had up to here", as it came; nil from a client that has none.
    package var bookmark: [UInt8]?
    /// The scopes that the bookmark does not cover, each with what the client holds of it.
    package var vectors: [ScopeReport]
    /// The scopes whose state changed since the client last told, with their digests.
    package var reports: [ScopeReport]
    /// Encoded segments, in the order in which the client applied them.
    package var push: [[UInt8]]
    /// The certificates of the devices that made the pushed changes of others, encoded, where the client has them.
    package var certificates: [[UInt8]]
    /// The position of the roster that the client knows; 0 for none.
    package var roster: UInt64
    /// The device's clock, milliseconds since 1970.
    package var clock: Int64
    /// How many bytes of segments the answer should not go beyond.
    package var pageBytes: UInt64
    /// The highest sealed count of roster changes that this device was ever given, as it came.
    package var rosterSeal: [UInt8]?

    package init(
        bookmark: [UInt8]?, vectors: [ScopeReport], reports: [ScopeReport], push: [[UInt8]],
        certificates: [[UInt8]] = [], roster: UInt64, clock: Int64, pageBytes: UInt64, rosterSeal: [UInt8]? = nil
    ) {
        self.bookmark = bookmark
        self.vectors = vectors
        self.reports = reports
        self.push = push
        self.certificates = certificates
        self.rosterSeal = rosterSeal
        self.roster = roster
        self.clock = clock
        self.pageBytes = pageBytes
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("sync request", value)
        guard try fields.unsigned("protocol") == ProtocolVersion.current else {
            throw fields.wrong("protocol", "\(ProtocolVersion.current)")
        }
        bookmark = try fields.optionalBytes("bookmark")
        vectors = try fields.list("vectors") { value in try ScopeReport(value: value) }
        reports = try fields.list("reports") { value in try ScopeReport(value: value) }
        push = try fields.list("push") { value in try bytes(value, "segment") }
        certificates = try fields.list("certificates") { value in try bytes(value, "certificate") }
        rosterSeal = try fields.optionalBytes("rosterSeal")
        roster = try fields.unsigned("roster")
        clock = try fields.integer("clock")
        pageBytes = try fields.unsigned("pageBytes")
    }

    package var value: Value {
        .map([
            .init("protocol", .integer(Int64(ProtocolVersion.current))),
            .init("bookmark", bookmark.map(Value.bytes) ?? .null),
            .init("vectors", .list(vectors.map(\.value))), .init("reports", .list(reports.map(\.value))),
            .init("push", .list(push.map(Value.bytes))),
            .init("certificates", .list(certificates.map(Value.bytes))),
            .init("roster", .integer(Int64(clamping: roster))),
            .init("clock", .integer(clock)), .init("pageBytes", .integer(Int64(clamping: pageBytes))),
            .init("rosterSeal", rosterSeal.map(Value.bytes) ?? .null),
        ])
    }
}

/// What one side holds of a scope, and the digest of it where that side knows one.
package struct ScopeReport: Message, Hashable {
    package var scope: ScopeID
    package var vector: VersionVector
    /// The digest of exactly this vector; a relay passes on what a client told it.
    package var digest: StateDigest?

    package init(scope: ScopeID, vector: VersionVector, digest: StateDigest?) {
        self.scope = scope
        self.vector = vector
        self.digest = digest
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("scope report", value)
        scope = try fields.scope("scope")
        vector = try VersionVector(value: fields.optional("vector") ?? .list([]))
        digest = try fields.optionalBytes("digest").map { bytes throws(CodingError) in
            guard bytes.count == 8 else { throw fields.wrong("digest", "8 bytes") }
            return StateDigest(rawValue: bigEndianInteger(bytes))
        }
    }

    package var value: Value {
        .map([
            .init("scope", .bytes(scope.bytes)), .init("vector", vector.value),
            .init("digest", digest.map { .bytes(bigEndianBytes($0.rawValue)) } ?? .null),
        ])
    }
}

/// The answer to a sync: one page of what the client lacks.
package struct SyncAnswer: Message {
    /// A pushed segment that was not taken, and why; the rest of the push was.
    package struct Refusal: Sendable, Hashable {
        package var scope: ScopeID
        package var replica: ReplicaID
        package var firstSequence: UInt64
        /// Which of the request's `push` it was, from 0. Where the segment cannot be read, nothing else names it.
        package var item: UInt64
        /// A `RefusalReason`, or one of a later version.
        package var reason: String
        package var detail: String

        package init(
            scope: ScopeID, replica: ReplicaID, firstSequence: UInt64, item: UInt64, reason: String, detail: String
        ) {
            self.scope = scope
            self.replica = replica
            self.firstSequence = firstSequence
            self.item = item
            self.reason = reason
            self.detail = detail
        }
    }

    /// The relay did not recognise the bookmark: it was restored or replaced. Nothing else of the answer but `time`
    /// counts; the client forgets the bookmark and what it knew of the relay, and sends vectors.
    package var isReset: Bool
    /// Encoded segments in the relay's order; each can be applied after those before it.
    package var segments: [[UInt8]]
    /// Where to go on from, once the whole page is committed.
    package var bookmark: [UInt8]
    /// The scopes sent by vector that the bookmark covers from now on.
    package var covered: [ScopeID]
    /// The relay's actual vector of every scope that was pushed to, asked about by vector, or is part of the page.
    package var scopes: [ScopeReport]
    package var refused: [Refusal]
    /// Whether more of what the client lacks is waiting.
    package var more: Bool
    /// Sent when it changed since the position in the request.
    package var roster: Roster?
    /// The relay's clock, milliseconds since 1970.
    package var time: Int64
    /// The position of the end of the relay's log when it answered: whatever `scopes` tells lies at or before it.
    package var position: UInt64
    /// The log position inside the relay's last verified backup; nil while there is none.
    package var backup: UInt64?
    /// The relay's seals on the tips in `scopes`.
    package var seals: [TipSeal]
    /// The count of roster changes that the relay holds, sealed; kept and sent back where it is the highest yet.
    package var rosterSeal: [UInt8]?

    package init(
        isReset: Bool = false, segments: [[UInt8]] = [], bookmark: [UInt8] = [], covered: [ScopeID] = [],
        scopes: [ScopeReport] = [], refused: [Refusal] = [], more: Bool = false, roster: Roster? = nil, time: Int64,
        position: UInt64 = 0, backup: UInt64? = nil, seals: [TipSeal] = [], rosterSeal: [UInt8]? = nil
    ) {
        self.isReset = isReset
        self.segments = segments
        self.bookmark = bookmark
        self.covered = covered
        self.scopes = scopes
        self.refused = refused
        self.more = more
        self.roster = roster
        self.time = time
        self.position = position
        self.backup = backup
        self.seals = seals
        self.rosterSeal = rosterSeal
    }

    package init(value: Value) throws(CodingError) {
        let fields = try FieldReader("sync answer", value)
        isReset = try fields.flag("reset")
        segments = try fields.list("segments") { value in try bytes(value, "segment") }
        bookmark = try fields.bytes("bookmark")
        covered = try fields.list("covered") { value in try ScopeID(bytes: value.bytesValue ?? []) }
        scopes = try fields.list("scopes") { value in try ScopeReport(value: value) }
        refused = try fields.list("refused") { value in try Refusal(value: value) }
        more = try fields.flag("more")
        if let value = fields.optional("roster") { roster = try Roster(value: value) }
        time = try fields.integer("time")
        position = try fields.unsigned("position")
        backup = fields.optional("backup") == nil ? nil : try fields.unsigned("backup")
        seals = try fields.list("seals") { value in try TipSeal(value: value) }
        rosterSeal = try fields.optionalBytes("rosterSeal")
    }

    package var value: Value {
        .map([
            .init("reset", .bool(isReset)), .init("segments", .list(segments.map(Value.bytes))),
            .init("bookmark", .bytes(bookmark)), .init("covered", .list(covered.map { .bytes($0.bytes) })),
            .init("scopes", .list(scopes.map(\.value))), .init("refused", .list(refused.map(\.value))),
            .init("more", .bool(more)), .init("roster", roster?.value ?? .null), .init("time", .integer(time)),
            .init("position", .integer(Int64(clamping: position))),
            .init("backup", backup.map { .integer(Int64(clamping: $0)) } ?? .null),
            .init("seals", .list(seals.map(\.value))), .init("rosterSeal", rosterSeal.map(Value.bytes) ?? .null),
        ])
    }
}

/// Why a relay does not take a segment.
package enum RefusalReason: String, Sendable {
    /// The segment is damaged or its hashes do not match.
    case invalid
    /// The pushing device may not write the scope.
    case forbidden
    /// Another device made a change of the segment, and no seal that holds proves it.
    case unproven
    /// A seal that cannot be checked: the relay does not know the device that made a change. It waits until it does.
    case unknownAuthor = "unknown-author"
    /// A change came without its body, and no mark held says that it is void: push the marks first.
    case unmarked
    /// The change before the segment, or something in its context, is not there: push by the vector in the answer.
    case gap
}

extension SyncAnswer.Refusal {
    init(value: Value) throws(CodingError) {
        let fields = try FieldReader("refusal", value)
        self.init(
            scope: try fields.scope("scope"), replica: try ReplicaID(bytes: fields.bytes("replica")),
            firstSequence: try fields.unsigned("first"), item: try fields.unsigned("item"),
            reason: try fields.text("reason"), detail: try fields.text("detail"))
    }

    var value: Value {
        .map([
            .init("scope", .bytes(scope.bytes)), .init("replica", .bytes(replica.bytes)),
            .init("first", .integer(Int64(clamping: firstSequence))), .init("item", .integer(Int64(clamping: item))),
            .init("reason", .text(reason)), .init("detail", .text(detail)),
        ])
    }
}

private func bytes(_ value: Value, _ format: String) throws(CodingError) -> [UInt8] {
    guard let bytes = value.bytesValue else {
        throw CodingError(format: format, reason: "bytes expected", offset: 0)
    }
    return bytes
}
