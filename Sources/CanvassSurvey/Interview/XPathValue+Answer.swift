import CanvassCoding

extension XPathValue {
    /// A value without a question's type: a column of the choices sheet.
    init(plain value: Value) {
        switch value {
        case .bool(let value): self = .boolean(value)
        case .integer(let value): self = .number(Double(value))
        case .number(let value): self = .number(value)
        case .text(let text): self = .text(text)
        case .list(let parts): self = .text(parts.map { XPathValue(plain: $0).text }.joined(separator: " "))
        case .null, .bytes, .map, .foreign: self = .empty
        }
    }

    /// An answer as expressions see it: dates are moments, codes of a select_multiple stand side by side, and an
    /// acknowledgement is "OK", the text that ODK forms compare it with.
    init(_ answer: Value?, of type: Form.ItemType, offsetMinutes: Int) {
        guard let answer else {
            self = .empty
            return
        }
        switch (type, answer) {
        case (.date, .text(let text)), (.dateTime, .text(let text)), (.metadata, .text(let text)):
            self = Moment(text, offsetMinutes: offsetMinutes).map(XPathValue.moment) ?? .text(text)
        case (.time, .text(let text)):
            self = Moment(time: text).map(XPathValue.moment) ?? .text(text)
        case (_, .bool(let isGiven)):
            self = .text(isGiven ? "OK" : "")
        default:
            self = XPathValue(plain: answer)
        }
    }

    /// What a calculation's result is as an answer; nil where it came out empty, NaN or infinite.
    func answer(of type: Form.ItemType) -> Value? {
        // A bare `nil` beside a `Value` would become `Value.null`, which is a literal of its own.
        if isEmpty { return Value?.none }
        switch (type, self) {
        case (.text, _), (.selectOne, _), (.barcode, _): return .text(text)
        case (.date, .moment(let moment)): return .text(moment.date?.text ?? moment.text)
        case (.selectMultiple, _), (.rank, _): return .list(text.words.map(Value.text))
        case (.acknowledge, _): return .bool(boolean)
        case (.integer, _), (.decimal, _), (.range, _), (_, .number):
            let value = Value(number)
            return value.isNull ? Value?.none : value
        default: return .text(text)
        }
    }
}
