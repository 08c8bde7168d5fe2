import CanvassCoding

/// Where an entity stands among its siblings: a text that sorts by its bytes (rule 4).
///
/// Positions of this version are paths through a tree of runs. A **run** is what one replica inserts at one place, and
/// each of its items has a number; runs hang on an item, or on the start of the list, ordered by rank and then by label:
///
///     position = [text of another origin] step …
///     step     = "!" rank label number *( "." number )
///     label    = replica (13 characters) nonce (3 characters)
///
/// Why blocks do not interleave: all that a replica inserts at a place that it alone works on has one label, and no
/// other replica writes below a label of its own except below an item that it was shown. Whatever stands between two
/// items of a block was therefore put there by somebody who had seen the block. Two copies of one database write under
/// one label and can interleave; nothing else depends on positions being distinct, since ties fall to the entity's id.
///
/// Why there is always room: a run goes on in both directions, an item takes runs below itself, and ranks go down as well
/// as up. Positions of another origin, such as "000012", have room wherever their bytes leave any; where they do not,
/// `arranged` moves the neighbour.
package struct Position: Sendable, Hashable, Comparable {
    package let bytes: [UInt8]

    /// Beyond this a position is not made longer: neighbours are moved instead.
    package static let maximumBytes = 2_048

    init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The text on the wire; its bytes came from one.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package static func < (left: Position, right: Position) -> Bool {
        // By hand: neighbours begin alike, and the library's comparison is slow where it is not specialised.
        left.bytes.withUnsafeBufferPointer { first in
            right.bytes.withUnsafeBufferPointer { second in
                var index = 0
                let common = min(first.count, second.count)
                while index < common, first[index] == second[index] { index += 1 }
                return index < common ? first[index] < second[index] : first.count < second.count
            }
        }
    }
}

/// The name of a run: its replica, and three characters that tell apart the runs of two copies of one database.
package struct RunLabel: Sendable, Hashable {
    static let byteCount = 16

    let bytes: [UInt8]

    /// - Parameter nonce: any bits; fifteen of them count.
    package init(replica: ReplicaID, nonce: UInt64) {
        // 65 bits in 13 characters, of which the last three carry fifteen.
        bytes = Array(replica.description.utf8) + Base32.encode(nonce & 0x7FFF).utf8.suffix(3)
    }

    /// Whether a label names a run of the same replica.
    func isOfSameReplica(as other: ArraySlice<UInt8>) -> Bool {
        bytes.dropLast(3).elementsEqual(other.dropLast(3))
    }
}
