public import CanvassCoding

extension Form.Item {
    /// An answer from a cell of a table or a line typed in a terminal. Blanks and `missingCodes` are no answer: nil.
    /// A code that the choice list lacks is read all the same; `Interview` flags it.
    ///
    /// - Returns: a failure only for what cannot be an answer of this type, such as "abc" for an integer.
    public func read(text: String) -> Result<Value?, ReadProblem> {
        let trimmed = text.trimmedOfSpace
        if trimmed.isEmpty || isMissing(trimmed) { return .success(nil) }
        switch type {
        case .integer: return Self.integer(trimmed)
        case .decimal, .range: return Self.decimal(trimmed)
        case .selectOne: return .success(.text(trimmed))
        case .selectMultiple, .rank: return .success(.list(trimmed.words.map(Value.text)))
        case .date:
            return Self.moment(trimmed, Moment(date: trimmed), "a date", "write it as 2017-05-13")
        case .time:
            return Self.moment(trimmed, Moment(time: trimmed), "a time", "write it as 09:30")
        case .dateTime:
            return Self.moment(
                trimmed, Moment(dateTime: trimmed), "a date and time with its offset from UTC",
                "write it as 2017-05-13T09:30:00-07:00")
        case .geopoint: return Self.geopoint(trimmed)
        case .acknowledge: return Self.acknowledgement(trimmed)
        case .calculate: return .success(Self.calculated(trimmed))
        case .note, .group, .repeatGroup:
            return .failure(ReadProblem(reason: "a \(type.name) takes no answer", remedy: "leave it out"))
        case .text, .barcode, .hidden, .image, .audio, .video, .file, .metadata, .unknown:
            return .success(.text(text))
        }
    }

    /// An answer from a JSON answers file: typed as in `Answers`, or a text as in a table.
    public func read(value: Value) -> Result<Value?, ReadProblem> {
        switch (type, value) {
        case (_, .null): return .success(nil)
        case (_, .text(let text)): return read(text: text)
        case (.calculate, .integer), (.calculate, .number), (.calculate, .bool): return .success(value)
        case (_, .integer(let whole)):
            if isMissing(String(whole)) { return .success(nil) }
            if type.accepts(value) { return .success(value) }
            return read(text: String(whole))
        case (_, .number(let number)): return read(text: XPathValue.text(of: number))
        case (.acknowledge, .bool): return .success(value)
        case (.geopoint, .list(let parts)):
            return read(text: parts.map { XPathValue(plain: $0).text }.joined(separator: " "))
        case (.selectMultiple, .list(let parts)), (.rank, .list(let parts)):
            let codes = parts.map { XPathValue(plain: $0).text }
            if codes.isEmpty { return .success(nil) }
            if codes.allSatisfy({ !$0.isEmpty && $0.words.count == 1 }) {
                return .success(.list(codes.map(Value.text)))
            }
            return .failure(
                ReadProblem(reason: "an empty code or one with blanks", remedy: "list the codes of choices"))
        default:
            return .failure(
                ReadProblem(
                    reason: "not an answer of type \(type.name)", remedy: "write a \(type.answerDescription)"))
        }
    }

    /// Whether a text is one of the codes that mean 'no answer'.
    func isMissing(_ text: String) -> Bool {
        missingCodes.contains { $0.hasSameBytes(as: text) }
    }

    private static func integer(_ text: String) -> Result<Value?, ReadProblem> {
        if let whole = Int64(text) { return .success(.integer(whole)) }
        // Spreadsheets write a column of whole numbers with gaps as 5.0.
        if let number = finite(text), case .integer(let whole) = Value(number) { return .success(.integer(whole)) }
        return .failure(ReadProblem(reason: "“\(text.shortened)” is not a whole number", remedy: "write digits only"))
    }

    private static func decimal(_ text: String) -> Result<Value?, ReadProblem> {
        if let number = finite(text) { return .success(Value(number)) }
        return .failure(
            ReadProblem(
                reason: "“\(text.shortened)” is not a number", remedy: "write digits and a decimal point, as in 3.5"))
    }

    /// Decimal notation with an optional exponent; nothing that `Double` reads beyond it (nan, inf, hexadecimal).
    private static func finite(_ text: String) -> Double? {
        let allowed = text.utf8.allSatisfy { byte in
            byte.digitValue != nil || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        guard allowed, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func moment(
        _ text: String, _ moment: Moment?, _ wanted: String, _ remedy: String
    ) -> Result<Value?, ReadProblem> {
        if moment != nil { return .success(.text(text)) }
        return .failure(ReadProblem(reason: "“\(text.shortened)” is not \(wanted)", remedy: remedy))
    }

    /// "latitude longitude altitude accuracy", the last two optional (ODK XForms, geopoint).
    private static func geopoint(_ text: String) -> Result<Value?, ReadProblem> {
        let numbers = text.words.map(finite)
        guard (2...4).contains(numbers.count), let latitude = numbers[0], (-90...90).contains(latitude),
            let longitude = numbers[1], (-180...180).contains(longitude), !numbers.contains(nil)
        else {
            return .failure(
                ReadProblem(
                    reason: "“\(text.shortened)” is not a place",
                    remedy: "write latitude and longitude, as in 37.62 -122.38"))
        }
        return .success(.list(numbers.map { Value($0 ?? 0) }))
    }

    private static func acknowledgement(_ text: String) -> Result<Value?, ReadProblem> {
        switch text.lowercased() {
        case "ok", "true", "yes", "1": return .success(.bool(true))
        case "false", "no", "0": return .success(.bool(false))
        default:
            return .failure(ReadProblem(reason: "“\(text.shortened)” is neither OK nor blank", remedy: "write OK"))
        }
    }

    /// A number only where writing it again gives the same text, so that "007" stays what it is.
    private static func calculated(_ text: String) -> Value {
        guard let number = finite(text), XPathValue.text(of: number).hasSameBytes(as: text) else { return .text(text) }
        let value = Value(number)
        return value.isNull ? .text(text) : value
    }
}

extension Form.ItemType {
    /// Whether a stored answer is of the type that the table of `Answers` gives.
    package func accepts(_ answer: Value) -> Bool {
        switch (self, answer) {
        case (.integer, .integer), (.decimal, .integer), (.decimal, .number), (.range, .integer), (.range, .number),
            (.acknowledge, .bool), (.calculate, _):
            return true
        case (.date, .text(let text)): return Moment(date: text) != nil
        case (.time, .text(let text)): return Moment(time: text) != nil
        case (.dateTime, .text(let text)): return Moment(dateTime: text) != nil
        case (.selectMultiple, .list(let codes)), (.rank, .list(let codes)):
            return codes.allSatisfy { $0.textValue != nil }
        case (.geopoint, .list(let parts)):
            return (2...4).contains(parts.count) && parts.allSatisfy { $0.doubleValue != nil }
        case (.text, .text), (.selectOne, .text), (.barcode, .text), (.hidden, .text), (.image, .text), (.audio, .text),
            (.video, .text), (.file, .text), (.metadata, .text), (.unknown, .text):
            return true
        default: return false
        }
    }

    /// What an answer looks like, for a person.
    var answerDescription: String {
        switch self {
        case .integer: "whole number"
        case .decimal, .range: "number"
        case .date: "date such as 2017-05-13"
        case .time: "time such as 09:30"
        case .dateTime: "date and time such as 2017-05-13T09:30:00-07:00"
        case .selectOne: "code of the choice list"
        case .selectMultiple, .rank: "list of codes of the choice list"
        case .geopoint: "latitude and longitude"
        case .acknowledge: "true or false"
        case .image, .audio, .video, .file: "file's name"
        default: "text"
        }
    }
}

extension String {
    /// At most 40 characters, for messages.
    var shortened: String { count > 40 ? prefix(40) + "…" : self }
}
