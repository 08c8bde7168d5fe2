public import CanvassCoding

/// One operation on one cell of an entity (rule 2).
///
/// Encoded as the CBOR array `[code, field, value, options]`: code 0 is put, code 1 is clear (without a value); options
/// is left out where it would be empty and is else a map of 1: the element (of a set), 2: milliseconds by which the
/// stamp is later than the change's, 3: the dots that are replaced, sorted. Code 2 is a mark, `[2, dot, reason]`. Every
/// other code, and every other option, is one of a later version: the operation is kept and forwarded as it came (rule 8).
public struct Operation: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case put(Value)
        case clear
        /// The change with this dot, of the same scope, has no effect (rule 9); in a mark of the relay's own
        /// (`EntityEdit.marks(by:)`). The reason is a `MarkReason`, or one of a later version.
        case mark(Dot, reason: String)
        /// An operation of a later version: its encoded form.
        case unknown([UInt8])
    }

    public var action: Action
    public var field: String
    /// Which element of a set the cell is for; nil for a plain field.
    public var element: Value?
    /// Milliseconds added to the stamp of the change: not 0 only where the put replaces a version from the future.
    public var stampOffset: UInt64
    /// The versions that are replaced; nil means: all of the cell's that lie in the change's context.
    public var replaced: [Dot]?

    public init(
        _ action: Action, field: String, element: Value? = nil, stampOffset: UInt64 = 0, replaced: [Dot]? = nil
    ) {
        self.action = action
        self.field = field
        self.element = element
        self.stampOffset = stampOffset
        self.replaced = replaced
    }

    /// A mark on the change `dot`.
    package init(marking dot: Dot, reason: MarkReason) {
        self.init(.mark(dot, reason: reason.rawValue), field: "")
    }

    /// Whether the operation is on a cell, as puts and clears are.
    package var namesCell: Bool {
        switch action {
        case .put, .clear: true
        case .mark, .unknown: false
        }
    }

    /// The stamp of this put in a change stamped `base`.
    package func stamp(base: Stamp) -> Stamp {
        let room = UInt64(bitPattern: Int64.max &- base.milliseconds)
        guard stampOffset <= room else { return Stamp(milliseconds: .max) }
        return Stamp(milliseconds: base.milliseconds &+ Int64(bitPattern: stampOffset))
    }
}

extension Operation {
    private enum Option {
        static let element: UInt64 = 1
        static let stampOffset: UInt64 = 2
        static let replaced: UInt64 = 3
    }

    /// The operation alone, as it stands in the body of its change.
    package var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        encode(to: &writer)
        return writer.bytes
    }

    package func encode(to writer: inout CBORWriter) {
        let optionCount = (element == nil ? 0 : 1) + (stampOffset == 0 ? 0 : 1) + (replaced == nil ? 0 : 1)
        switch action {
        case .unknown(let raw):
            writer.raw(raw)
            return
        case .mark(let dot, let reason):
            writer.array(count: 3)
            writer.unsigned(2)
            writer.bytes(dot.bytes)
            writer.text(reason)
            return
        case .put(let value):
            writer.array(count: optionCount == 0 ? 3 : 4)
            writer.unsigned(0)
            writer.text(field)
            writer.value(value)
        case .clear:
            writer.array(count: optionCount == 0 ? 2 : 3)
            writer.unsigned(1)
            writer.text(field)
        }
        guard optionCount > 0 else { return }
        writer.map(count: optionCount)
        if let element {
            writer.unsigned(Option.element)
            writer.value(element)
        }
        if stampOffset != 0 {
            writer.unsigned(Option.stampOffset)
            writer.unsigned(stampOffset)
        }
        if let replaced {
            writer.unsigned(Option.replaced)
            let dots = Set(replaced).sorted()
            writer.array(count: dots.count)
            for dot in dots { writer.bytes(dot.bytes) }
        }
    }

    /// Reads one operation. What is well-formed but not of this version becomes `.unknown`; what is not well-formed
    /// CBOR is an error.
    package init(from reader: inout CBORReader) throws(CodingError) {
        let raw = try reader.rawItem()
        var item = CBORReader(raw)
        if let known = try? Operation(known: &item) {
            self = known
        } else {
            self.init(.unknown(raw), field: "")
        }
    }

    private init(known reader: inout CBORReader) throws(CodingError) {
        let count = try reader.arrayHeader()
        stampOffset = 0
        let optionsAt: Int
        switch try reader.unsigned() {
        case 0:
            field = try reader.text()
            action = .put(try reader.value())
            optionsAt = 3
        case 1:
            field = try reader.text()
            action = .clear
            optionsAt = 2
        case 2:
            field = ""
            action = .mark(try Dot(bytes: reader.bytes()), reason: try reader.text())
            optionsAt = 3
        default: throw Operation.unsupported(reader)
        }
        guard count == optionsAt || namesCell && count == optionsAt + 1 else { throw Operation.unsupported(reader) }
        if count == optionsAt + 1 { try readOptions(from: &reader) }
        try reader.finish()
    }

    private mutating func readOptions(from reader: inout CBORReader) throws(CodingError) {
        let count = try reader.mapHeader()
        guard count > 0 else { throw Operation.unsupported(reader) }
        for _ in 0..<count {
            switch try reader.unsigned() {
            case Option.element: element = try reader.value()
            case Option.stampOffset:
                stampOffset = try reader.unsigned()
                guard stampOffset > 0 else { throw Operation.unsupported(reader) }
            case Option.replaced:
                var dots: [Dot] = []
                for _ in 0..<(try reader.arrayHeader()) {
                    let dot = try Dot(bytes: reader.bytes())
                    guard dots.last.map({ $0 < dot }) ?? true else { throw Operation.unsupported(reader) }
                    dots.append(dot)
                }
                replaced = dots
            default: throw Operation.unsupported(reader)
            }
        }
    }

    private static func unsupported(_ reader: CBORReader) -> CodingError {
        CodingError(format: "operation", reason: "not one of this version", offset: reader.offset)
    }
}
