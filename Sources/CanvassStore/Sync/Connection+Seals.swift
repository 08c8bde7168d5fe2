import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassWire

/// What the relay made of the seals on a run of changes.
enum SealState: Int64 {
    case usable = 0
    /// The relay did not know the device: tried again when it sends another roster, since somebody may have joined.
    case unknownAuthor = 1
    /// The relay found none that holds: never tried again, unless another one comes.
    case unproven = 2
}

/// The seals that came with the changes of others, and those of the relay on everything: what lets this replica hand on
/// changes that it did not make.
extension Connection {
    /// Keeps what a segment that is held now came with. A seal that the relay has not turned down stays: what comes later
    /// may be worth nothing.
    mutating func keepSeals(of segment: Segment) throws {
        let seals = segment.seals
        #if PLANTED_BUGS
            if planted(.sealsForgotten) { return }
        #endif
        guard seals.device != nil || seals.relay != nil else { return }
        try run(
            """
            INSERT INTO seal (scope, replica, sequence, "check", device, relay, void_list)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET
                device = CASE WHEN waits = 2 THEN excluded.device ELSE coalesce(device, excluded.device) END,
                relay = CASE WHEN waits = 2 THEN excluded.relay ELSE coalesce(relay, excluded.relay) END,
                void_list = CASE WHEN waits = 2 OR relay IS NULL THEN excluded.void_list ELSE void_list END, waits = 0
            WHERE waits = 2 AND (device IS NOT excluded.device OR relay IS NOT excluded.relay)
                OR device IS NULL AND excluded.device IS NOT NULL OR relay IS NULL AND excluded.relay IS NOT NULL
            """,
            .blob(segment.scope.bytes), .blob(segment.replica.bytes),
            .integer(Int64(bitPattern: segment.lastSequence)), .integer(Int64(bitPattern: segment.after.check)),
            seals.device.map { .blob($0) } ?? .null, seals.relay.map { .blob($0) } ?? .null,
            seals.voidListHash.map { .blob($0) } ?? .null)
    }

    /// Keeps the relay's seals on what is held.
    mutating func keep(_ seals: [TipSeal]) throws {
        for seal in seals {
            try run(
                """
                INSERT INTO seal (scope, replica, sequence, "check", relay, void_list)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (
                    SELECT 1 FROM change WHERE scope = (SELECT id FROM scope WHERE scope = ?1)
                        AND replica = (SELECT id FROM replica WHERE replica = ?2) AND sequence = ?3 AND "check" = ?4)
                ON CONFLICT DO UPDATE SET relay = excluded.relay, void_list = excluded.void_list, waits = 0
                WHERE relay IS NOT excluded.relay OR waits <> 0
                """,
                .blob(seal.scope.bytes), .blob(seal.dot.replica.bytes),
                .integer(Int64(bitPattern: seal.dot.sequence)), .integer(Int64(bitPattern: seal.dot.check)),
                .blob(seal.seal), .blob(seal.voidListHash))
        }
    }

    /// The sealed ends of a replica's changes behind `sequence` that the relay has not turned down, in order.
    mutating func usableSeals(
        on branch: HeldBranch, after sequence: UInt64
    ) throws -> [(tip: VersionVector.Tip, seals: Segment.Seals)] {
        var statement = try cached(
            """
            SELECT sequence, "check", device, relay, void_list FROM seal
            WHERE scope = ?1 AND replica = ?2 AND sequence > ?3 AND waits = 0 ORDER BY sequence
            """)
        try statement.bind(branch.scope.bytes, at: 1)
        try statement.bind(branch.replica.bytes, at: 2)
        try statement.bind(Int64(bitPattern: sequence), at: 3)
        defer { statement.reset() }
        var seals: [(tip: VersionVector.Tip, seals: Segment.Seals)] = []
        while try statement.step() {
            let tip = try statement.tip(at: 0)
            guard try holds(tip, on: branch) else { continue }
            seals.append(
                (
                    tip,
                    Segment.Seals(
                        device: try statement.seal(at: 2), relay: try statement.seal(at: 3),
                        voidListHash: try statement.seal(at: 4))
                ))
        }
        return seals
    }

    /// Remembers that the relay could not take a segment for its seals.
    mutating func note(_ state: SealState, on segment: Segment) throws {
        try run(
            "UPDATE seal SET waits = ?5 WHERE scope = ?1 AND replica = ?2 AND sequence = ?3 AND \"check\" = ?4",
            .blob(segment.scope.bytes), .blob(segment.replica.bytes),
            .integer(Int64(bitPattern: segment.lastSequence)), .integer(Int64(bitPattern: segment.after.check)),
            .integer(state.rawValue))
    }

    /// Another roster may name a device that the relay did not know.
    ///
    /// - Returns: whether anything waited for that.
    mutating func retryUnknownAuthors() throws -> Bool {
        try run("UPDATE seal SET waits = 0 WHERE waits = ?1", .integer(SealState.unknownAuthor.rawValue))
        return changes > 0
    }

    /// The newest certificates of these devices, encoded.
    mutating func certificates(of devices: Set<[UInt8]>) throws -> [[UInt8]] {
        var certificates: [[UInt8]] = []
        for device in devices.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            var statement = try cached(
                "SELECT certificate FROM certificate WHERE device = ?1 ORDER BY issued DESC LIMIT 4")
            try statement.bind(device, at: 1)
            while try statement.step() { certificates.append(statement.bytes(at: 0)) }
            statement.reset()
        }
        return certificates
    }

    /// Keeps the sealed count of roster changes where it is the highest yet.
    mutating func keepRosterSeal(_ seal: [UInt8]) throws {
        guard seal.count > 8 else { return }
        let known = try metaBytes(.rosterSeal) ?? []
        guard known.count <= 8 || bigEndianInteger(known[..<8]) < bigEndianInteger(seal[..<8]) else { return }
        try setMeta(.rosterSeal, .blob(seal))
    }
}

extension Statement {
    fileprivate func seal(at index: Int) throws(StoreError) -> [UInt8]? {
        if isNull(at: index) { return nil }
        let bytes = bytes(at: index)
        guard bytes.count == Seal.byteCount else { throw .damaged("a seal of \(bytes.count) bytes") }
        return bytes
    }
}
