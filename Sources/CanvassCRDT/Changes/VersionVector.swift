package import CanvassCoding

/// What is held of one scope: for each replica the tips of its branches. Normally a replica has one tip; a copied
/// database that went on writing twice has one more for each fork (rule 7).
///
/// Invariants: no replica is listed without a tip; the tips of a replica are sorted by (sequence, check) and distinct.
public struct VersionVector: Sendable, Hashable {
    /// The last change of one branch.
    public struct Tip: Sendable, Hashable, Comparable {
        public let sequence: UInt64
        public let check: UInt64

        public init(sequence: UInt64, check: UInt64) {
            self.sequence = sequence
            self.check = check
        }

        public static func < (left: Tip, right: Tip) -> Bool {
            (left.sequence, left.check) < (right.sequence, right.check)
        }
    }

    public private(set) var tips: [ReplicaID: [Tip]] = [:]

    public init() {}

    public var isEmpty: Bool { tips.isEmpty }

    /// The replicas in the order of the encoding.
    public var replicas: [ReplicaID] { tips.keys.sorted() }

    public subscript(replica: ReplicaID) -> [Tip] {
        get { tips[replica] ?? [] }
        set { tips[replica] = newValue.isEmpty ? nil : newValue.sorted() }
    }

    /// Every tip as a dot, in order.
    public var dots: [Dot] {
        replicas.flatMap { replica in
            self[replica].map { Dot(replica: replica, sequence: $0.sequence, check: $0.check) }
        }
    }

    /// Records that the change `dot`, made directly after the change with `previousCheck`, is held now: it becomes a
    /// tip, and its predecessor is one no longer.
    package mutating func advance(to dot: Dot, after previousCheck: UInt64) {
        var branch = tips[dot.replica] ?? []
        if let index = branch.firstIndex(where: { $0.sequence == dot.sequence - 1 && $0.check == previousCheck }) {
            branch.remove(at: index)
        }
        #if PLANTED_BUGS
            if planted(.forkOverwritten) { branch = [] }
        #endif
        let tip = Tip(sequence: dot.sequence, check: dot.check)
        guard !branch.contains(tip) else { return }
        let position = branch.firstIndex { tip < $0 } ?? branch.endIndex
        branch.insert(tip, at: position)
        tips[dot.replica] = branch
    }

    /// The tips of the replicas whose tips differ from those in `earlier`: what a change writes down as its context.
    package func difference(from earlier: VersionVector) -> VersionVector {
        var difference = VersionVector()
        difference.tips = tips.filter { earlier.tips[$0.key] != $0.value }
        return difference
    }

    /// This vector with the replicas of `difference` replaced by what it says of them.
    package mutating func apply(_ difference: VersionVector) {
        tips.merge(difference.tips) { $1 }
    }
}

extension VersionVector {
    /// An array of one array a replica, sorted: `[replica, sequence, check, sequence, check …]`, with the replica and
    /// the checks as 8 bytes.
    package func encode(to writer: inout CBORWriter) {
        writer.array(count: tips.count)
        for replica in replicas {
            let branch = self[replica]
            writer.array(count: 1 + 2 * branch.count)
            writer.bytes(replica.bytes)
            for tip in branch {
                writer.unsigned(tip.sequence)
                writer.bytes(bigEndianBytes(tip.check))
            }
        }
    }

    /// - Throws: `CodingError` for anything that `encode` would not have written, and for sequence numbers beyond 63 bits, which
    ///   no column and no JSON number holds.
    package init(from reader: inout CBORReader) throws(CodingError) {
        let count = try reader.arrayHeader()
        var last: ReplicaID?
        for _ in 0..<count {
            let length = try reader.arrayHeader()
            guard length >= 3, length % 2 == 1 else { throw VersionVector.malformed("no tip", reader) }
            let replica = try ReplicaID(bytes: reader.bytes())
            if let last, replica <= last { throw VersionVector.malformed("replicas out of order", reader) }
            var branch: [Tip] = []
            for _ in 0..<(length / 2) {
                let tip = Tip(sequence: try reader.unsigned(), check: try readCheck(&reader))
                guard tip.sequence > 0, tip.sequence <= Int64.max, branch.last.map({ $0 < tip }) ?? true else {
                    throw VersionVector.malformed("tips out of order", reader)
                }
                branch.append(tip)
            }
            tips[replica] = branch
            last = replica
        }
    }

    private static func malformed(_ reason: String, _ reader: CBORReader) -> CodingError {
        CodingError(format: "version vector", reason: reason, offset: reader.offset)
    }
}

/// Eight bytes of a chain hash, as an integer.
private func readCheck(_ reader: inout CBORReader) throws(CodingError) -> UInt64 {
    let bytes = try reader.bytes()
    guard bytes.count == 8 else {
        throw CodingError(format: "version vector", reason: "a check has 8 bytes", offset: reader.offset)
    }
    return bigEndianInteger(bytes)
}
