package import CanvassCoding

/// The name of one change within its scope: who made it, the how-manieth of that replica it is, and the first eight
/// bytes of its chain hash. The check tells two branches of a copied database apart (rule 7).
public struct Dot: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let replica: ReplicaID
    /// Counts 1, 2, 3 … without a gap along each branch of a (scope, replica).
    public let sequence: UInt64
    /// The first eight bytes of the change's chain hash, big-endian.
    public let check: UInt64

    public init(replica: ReplicaID, sequence: UInt64, check: UInt64) {
        self.replica = replica
        self.sequence = sequence
        self.check = check
    }

    public static func < (left: Dot, right: Dot) -> Bool {
        (left.replica.rawValue, left.sequence, left.check) < (right.replica.rawValue, right.sequence, right.check)
    }

    public var description: String { "\(replica):\(sequence)" }
}

extension Dot {
    package static let byteCount = 24

    /// Twenty-four bytes: replica, sequence and check, each big-endian, so that bytes sort as dots do.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: (replica.rawValue.bigEndian, sequence.bigEndian, check.bigEndian)) { Array($0) }
    }

    package init(bytes: [UInt8]) throws(CodingError) {
        guard bytes.count == Dot.byteCount else {
            throw CodingError(format: "dot", reason: "expected 24 bytes, found \(bytes.count)", offset: 0)
        }
        self.init(
            replica: ReplicaID(rawValue: bigEndianInteger(bytes[..<8])), sequence: bigEndianInteger(bytes[8..<16]),
            check: bigEndianInteger(bytes[16...]))
    }
}
