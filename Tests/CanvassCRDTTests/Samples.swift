import CanvassCRDT
import CanvassCoding

/// Bytes from hexadecimal digits.
func hex(_ digits: String) -> [UInt8] {
    let digits = Array(digits)
    precondition(digits.count % 2 == 0, "an odd number of digits")
    return stride(from: 0, to: digits.count, by: 2).map { index in
        guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else { preconditionFailure("no hex") }
        return byte
    }
}

/// The bytes that the golden values in these tests were computed from with Python's hashlib.
enum Golden {
    static let scopeBytes = [1] + (0..<16).map { UInt8($0) }
    static let replica = ReplicaID(rawValue: 0x1122_3344_5566_7788)
    static let authorBytes = (16..<32).map { UInt8($0) }
    static let entityBytes = (32..<48).map { UInt8($0) }

    static let start = "a9af9fd22acb72bde255c33434f28375"
    static let firstHead = "83801b0000018bcfe5680050101112131415161718191a1b1c1d1e1f"
    static let firstBody = """
        81836673757276657950202122232425262728292a2b2c2d2e2f838300646e6f7465f68300656f72646572268300657469746c65654361\
        66c3a9
        """
    static let firstHash = "0792b74cda4a704bb3ed066837efb14b"
    static let secondHead = """
        8381854800000000000000010348aabbccddeeff0011094800000000000000022450101112131415161718191a1b1c1d1e1f
        """
    static let secondBody = """
        8283646974656d50000000000000000000000000000000008183016640616c697665a10380836673757276657950202122232425262728\
        292a2b2c2d2e2f848201657469746c658209656c6174657283016474616773a10164626c756584006474616773f5a3016372656402190f\
        a003815818112233445566778800000000000000010792b74cda4a704b
        """
    static let secondHash = "f1477dccfa831d746a7f8410c91ed27d"
}

extension EntityID {
    /// An id that differs from others by `number` alone.
    static func sample(_ number: UInt64) -> EntityID {
        EntityID(milliseconds: 1_700_000_000_000, random: (0, number << 2))
    }
}

extension VersionVector {
    static func decoding(_ bytes: [UInt8]) throws -> VersionVector {
        var reader = CBORReader(bytes)
        let vector = try VersionVector(from: &reader)
        try reader.finish()
        return vector
    }

    var encodedBytes: [UInt8] {
        var writer = CBORWriter()
        encode(to: &writer)
        return writer.bytes
    }
}
