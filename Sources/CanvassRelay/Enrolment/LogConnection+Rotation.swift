import CanvassCRDT
import CanvassSQLite

/// How the token of a device is replaced.
///
/// Invariants:
/// 1. From the moment of a rotation no former token of the device is good.
/// 2. The next one is made when the device comes with its join key, which no request but a join ever carries: who knows a
///    token alone cannot get it.
/// 3. What the device sealed before and after is proved by one key: it rests on the hash of the first token, which nobody
///    but the relay can make a key of.
extension LogConnection {
    /// How often the token of a device was replaced.
    mutating func rotation(of device: EntityID) throws -> Int64 {
        var statement = try cached("SELECT rotation FROM device WHERE id = ?1")
        try statement.bind(device.bytes, at: 1)
        return try statement.step() ? statement.int64(at: 0) : 0
    }

    /// Ends the token of a device, unless that has been done so often already.
    mutating func raiseRotation(of device: EntityID, to count: Int64) throws {
        try run(
            "UPDATE device SET rotation = ?2, rotated_hash = NULL WHERE id = ?1 AND rotation < ?2", .blob(device.bytes),
            .integer(count))
    }

    /// Makes a token good that took the place of others.
    mutating func setRotatedToken(of device: EntityID, hash: [UInt8]) throws {
        try run("UPDATE device SET rotated_hash = ?2 WHERE id = ?1", .blob(device.bytes), .blob(hash))
    }
}
