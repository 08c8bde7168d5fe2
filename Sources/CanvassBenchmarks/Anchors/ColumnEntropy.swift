import CanvassCRDT
import CanvassCoding
import Foundation

/// How few bytes a code by columns could take for changes that each put plain values into one new entity: the entropy of
/// each column of its own, by Shannon (1948), with the random bits of ids in full.
///
/// A column is taken as whole values, as words or as bytes, whichever comes out least; the words of the dictionary that
/// such a code needs count with eight bits a byte. What one column says of another is not looked for.
struct ColumnEntropy {
    private(set) var byteCount = 0.0

    /// Of the 128 bits of an id, those that are neither time nor version.
    private static let randomBitsOfID = 74.0

    init(_ changes: [Change]) throws {
        var columns: [String: [[UInt8]]] = [:]
        var stamps: [Int64] = []
        var times: [Int64] = []
        for change in changes {
            stamps.append(try ChangeHead(decoding: change.head).stamp.milliseconds)
            for edit in try ChangeBody(decoding: change.body ?? []).edits {
                times.append(edit.entity.milliseconds)
                for operation in edit.operations {
                    guard case .put(let value) = operation.action else {
                        throw WrongResult("a response does more than put values")
                    }
                    columns[operation.field, default: []].append(Self.bytes(value))
                }
            }
        }
        var bits = Double(times.count) * Self.randomBitsOfID
        for times in [stamps, times] { bits += Self.bits(Self.differences(times)) }
        for (name, values) in columns {
            bits += Double(name.utf8.count * 8) + Self.bits(values)
            // Which responses have no value there.
            bits += Self.bits(ofShare: Double(values.count) / Double(changes.count)) * Double(changes.count)
        }
        byteCount = bits / 8
    }

    private static func bytes(_ value: Value) -> [UInt8] {
        value.textValue.map { Array($0.utf8) } ?? CBOR.encode(value)
    }

    /// Each time as the bytes of its distance from the one before.
    private static func differences(_ times: [Int64]) -> [[UInt8]] {
        zip([0] + times, times).map { bytes(.integer($1 &- $0)) }
    }

    private static func bits(_ values: [[UInt8]]) -> Double {
        let space = UInt8(ascii: " ")
        // One symbol more than bytes: the end of a value.
        let letters = values.flatMap { value in value.map { [$0] } + [[]] }
        let words = values.flatMap { value in
            value.split(separator: space, omittingEmptySubsequences: false).map(Array.init) + [[]]
        }
        return min(bitsWithDictionary(values), bitsWithDictionary(words), bitsWithDictionary(letters))
    }

    /// The entropy of symbols in their order, and the bytes of each of them once.
    private static func bitsWithDictionary(_ symbols: [[UInt8]]) -> Double {
        var counts: [[UInt8]: Int] = [:]
        for symbol in symbols { counts[symbol, default: 0] += 1 }
        let total = Double(symbols.count)
        let entropy = counts.values.reduce(0.0) { $0 - Double($1) * log2(Double($1) / total) }
        return entropy + counts.keys.reduce(0.0) { $0 + Double($1.count * 8) }
    }

    /// The entropy of one yes or no with this share of yes.
    private static func bits(ofShare share: Double) -> Double {
        guard share > 0, share < 1 else { return 0 }
        return -share * log2(share) - (1 - share) * log2(1 - share)
    }
}
