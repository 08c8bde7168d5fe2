import CanvassCRDT
import CanvassCoding
import CanvassSQLite

/// A device that has not confirmed an erasure: a row of `awaiting`.
struct AwaitedDevice: Hashable {
    /// The number of the scope that the order lies in, and the order itself.
    let scope: Int64
    let erasure: EntityID
    let device: EntityID
}

extension LogConnection {
    /// Waits until devices have all of the log up to a position, and says so in the order's field `awaiting`.
    mutating func startAwaiting(
        _ devices: [EntityID], to confirm: ErasureOrder, at position: Int64, as identity: RelayIdentity,
        milliseconds: Int64
    ) throws {
        var new: [EntityID] = []
        for device in devices {
            let awaited = AwaitedDevice(scope: confirm.scope.number, erasure: confirm.id, device: device)
            if try !isAwaiting(awaited) { new.append(device) }
            try save(awaited, position: position)
        }
        // An operation takes at most 40 bytes of the 64 KiB of a change.
        for start in stride(from: 0, to: new.count, by: 1000) {
            let operations = new[start..<min(start + 1000, new.count)].map {
                Operation(.put(.bool(true)), field: Erasure.awaitingField, element: .bytes($0.bytes))
            }
            try commitOwn(
                [EntityEdit(kind: EntityKind.erasure.rawValue, entity: confirm.id, operations: operations)],
                in: confirm.scope, as: identity, at: milliseconds)
        }
    }

    /// What a device has confirmed by its bookmark, which covers everything up to a position.
    mutating func awaited(of device: EntityID, upTo position: Int64) throws -> [AwaitedDevice] {
        var statement = try cached("SELECT scope, erasure FROM awaiting WHERE device = ?1 AND position <= ?2")
        try statement.bind(device.bytes, at: 1)
        try statement.bind(position, at: 2)
        var awaited: [AwaitedDevice] = []
        while try statement.step() {
            awaited.append(
                AwaitedDevice(scope: statement.int64(at: 0), erasure: try statement.id(at: 1), device: device))
        }
        return awaited
    }

    /// Waits for a device no longer: it has confirmed, or was revoked.
    mutating func stopAwaiting(
        _ awaited: [AwaitedDevice], as identity: RelayIdentity, at milliseconds: Int64
    ) throws {
        for item in awaited {
            guard let scope = try scope(number: item.scope) else { throw DamagedLog(what: "scope \(item.scope)") }
            try forget(item)
            let clear = Operation(.clear, field: Erasure.awaitingField, element: .bytes(item.device.bytes))
            try commitOwn(
                [EntityEdit(kind: EntityKind.erasure.rawValue, entity: item.erasure, operations: [clear])],
                in: scope, as: identity, at: milliseconds)
        }
    }

    /// Waits no longer for devices that were revoked: they hear nothing any more.
    mutating func stopAwaitingRevoked(as identity: RelayIdentity, at milliseconds: Int64) throws {
        var devices: [EntityID] = []
        var statement = try cached("SELECT DISTINCT device FROM awaiting")
        while try statement.step() { devices.append(try statement.id(at: 0)) }
        for device in devices {
            if let author = try author(device), !author.isRevoked { continue }
            try stopAwaiting(try awaited(of: device, upTo: .max), as: identity, at: milliseconds)
        }
    }

    /// Takes in what a relay of this organisation wrote about devices that it waited for, and this one lost.
    mutating func learnAwaiting(from edit: EntityEdit, in scope: HeldScope, at position: Int64) throws {
        for operation in edit.operations where operation.field.hasSameBytes(as: Erasure.awaitingField) {
            guard case .bytes(let bytes) = operation.element, let device = try? EntityID(bytes: bytes) else { continue }
            let awaited = AwaitedDevice(scope: scope.number, erasure: edit.entity, device: device)
            switch operation.action {
            case .put: try save(awaited, position: position)
            case .clear: try forget(awaited)
            case .mark, .unknown: continue
            }
        }
    }

    /// The devices, not revoked, that may read one of these scopes.
    mutating func devices(reading scopes: [HeldScope]) throws -> [EntityID] {
        var devices: [EntityID] = []
        var statement = try cached("SELECT id FROM device WHERE revoked IS NULL ORDER BY id")
        while try statement.step() { devices.append(try statement.id(at: 0)) }
        return try devices.filter { device in
            let memberships = try memberships(of: device)
            return scopes.contains { memberships.permission(for: $0.owner).read }
        }
    }

    private mutating func isAwaiting(_ awaited: AwaitedDevice) throws -> Bool {
        var statement = try cached("SELECT 1 FROM awaiting WHERE device = ?1 AND scope = ?2 AND erasure = ?3")
        try statement.bind(awaited.device.bytes, at: 1)
        try statement.bind(awaited.scope, at: 2)
        try statement.bind(awaited.erasure.bytes, at: 3)
        return try statement.step()
    }

    private mutating func save(_ awaited: AwaitedDevice, position: Int64) throws {
        try run(
            """
            INSERT INTO awaiting (device, scope, erasure, position) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (device, scope, erasure) DO UPDATE SET position = excluded.position
            """,
            .blob(awaited.device.bytes), .integer(awaited.scope), .blob(awaited.erasure.bytes), .integer(position))
    }

    private mutating func forget(_ awaited: AwaitedDevice) throws {
        try run(
            "DELETE FROM awaiting WHERE device = ?1 AND scope = ?2 AND erasure = ?3", .blob(awaited.device.bytes),
            .integer(awaited.scope), .blob(awaited.erasure.bytes))
    }
}
