public import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore

/// How far an erasure has come.
public struct ErasureStatus: Sendable, Hashable {
    /// A device that has not confirmed that the erased bytes are gone from it.
    public struct Waiting: Sendable, Hashable {
        public var device: EntityID
        /// Who works on it; nil where the roster does not say.
        public var name: String?
    }

    /// The id of the order.
    public var id: EntityID
    /// Where it was ordered; the relay makes it known in others.
    public var scope: ScopeID
    /// Who ordered it; nil where the roster does not say.
    public var author: String?
    /// When, by the clock of whoever ordered it: milliseconds since 1970.
    public var orderedMilliseconds: Int64
    /// Whether the relay has it.
    public var isAtRelay: Bool
    public var waiting: [Waiting]

    /// Whether every device that the relay knows has confirmed.
    public var isDone: Bool { isAtRelay && waiting.isEmpty }
}

extension Replica {
    /// The erasures that this replica knows of, the latest first.
    public func erasures() throws(CanvassError) -> [ErasureStatus] {
        try read { connection in try connection.erasureStatuses() }
    }
}

extension Connection {
    mutating func erasureStatuses() throws -> [ErasureStatus] {
        let organisation = try metaBytes(.organisation)
        var statuses: [EntityID: ErasureStatus] = [:]
        for erasure in try entities(ofKind: .erasure) {
            guard let state = try state(of: erasure.id, kind: .erasure, in: erasure.scope),
                let version = state.cell(Erasure.hashField)?.winner
            else { continue }
            let written = try attributed(version, in: erasure.scope)
            let waiting = try state.cells.compactMap { named -> ErasureStatus.Waiting? in
                guard named.field.hasSameBytes(as: Erasure.awaitingField), let bytes = named.element?.bytesValue,
                    let device = try? EntityID(bytes: bytes)
                else { return nil }
                return ErasureStatus.Waiting(device: device, name: try name(ofDevice: device, campaign: nil))
            }
            let isOrder = written.author.bytes != organisation
            var status =
                statuses[erasure.id]
                ?? ErasureStatus(
                    id: erasure.id, scope: erasure.scope, author: nil,
                    orderedMilliseconds: written.authorStamp.milliseconds, isAtRelay: false, waiting: [])
            if isOrder {
                status.scope = erasure.scope
                status.author = try name(ofDevice: written.author, campaign: nil)
                status.orderedMilliseconds = written.authorStamp.milliseconds
            }
            // What the relay itself wrote is at the relay.
            status.isAtRelay =
                try status.isAtRelay || !isOrder || relayHolds(version.dot, in: erasure.scope)
            status.waiting += waiting.filter { one in !status.waiting.contains { $0.device == one.device } }
            statuses[erasure.id] = status
        }
        return statuses.values.sorted { ($0.orderedMilliseconds, $0.id) > ($1.orderedMilliseconds, $1.id) }
    }

    /// Whether the relay, by its last word, holds a change.
    private mutating func relayHolds(_ dot: Dot, in scope: ScopeID) throws -> Bool {
        var statement = try cached(
            """
            SELECT 1 FROM relay_tip WHERE scope = (SELECT id FROM scope WHERE scope = ?1)
                AND replica = (SELECT id FROM replica WHERE replica = ?2) AND sequence >= ?3 LIMIT 1
            """)
        try statement.bind(scope.bytes, at: 1)
        try statement.bind(dot.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: dot.sequence), at: 3)
        defer { statement.reset() }
        return try statement.step()
    }
}
