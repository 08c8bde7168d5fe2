extension Evaluator {
    /// Functions whose arguments are texts. Characters are Unicode code points, as in XPath.
    func text(
        _ function: ExpressionFunction, _ first: XPathValue, _ values: [XPathValue], at offset: Int
    ) throws(ExpressionError) -> XPathValue {
        let subject = first.text
        let second = values.count > 1 ? values[1].text : ""
        switch function {
        case .string: return .text(subject)
        case .concat: return try text(values.map(\.text), separator: "", at: offset)
        case .stringLength: return .number(Double(subject.unicodeScalars.count))
        case .contains: return .boolean(Self.position(of: second, in: subject) != nil)
        case .startsWith: return .boolean(subject.utf8.starts(with: second.utf8))
        case .endsWith: return .boolean(subject.utf8.reversed().starts(with: second.utf8.reversed()))
        case .substr:
            return .text(Self.slice(subject, from: values[1].number, to: values.count > 2 ? values[2].number : nil))
        case .substring:
            return .text(
                Self.substring(subject, from: values[1].number, length: values.count > 2 ? values[2].number : nil))
        case .substringBefore:
            return .text(Self.position(of: second, in: subject).map { String(subject[..<$0]) } ?? "")
        case .substringAfter:
            guard let start = Self.position(of: second, in: subject) else { return .empty }
            return .text(String(Substring(subject[start...].utf8.dropFirst(second.utf8.count))))
        case .normalizeSpace: return .text(subject.words.joined(separator: " "))
        case .translate: return .text(Self.translated(subject, from: second, to: values[2].text))
        case .regex:
            let pattern: Pattern
            do {
                pattern = try Pattern(second)
            } catch {
                throw failure("regex(): \(error.reason)", at: offset)
            }
            return .boolean(try matches(subject, pattern, at: offset))
        default:
            throw failure("\(function.rawValue)() cannot be worked out", at: offset)
        }
    }

    func text(_ parts: [String], separator: String, at offset: Int) throws(ExpressionError) -> XPathValue {
        var length = separator.utf8.count * max(0, parts.count - 1)
        for part in parts { length += part.utf8.count }
        guard length <= Self.textLimitBytes else {
            throw failure("builds a text of more than \(Self.textLimitBytes) bytes", at: offset)
        }
        return .text(parts.joined(separator: separator))
    }

    /// Where `part` first occurs, compared byte for byte.
    private static func position(of part: String, in text: String) -> String.Index? {
        let (text, wanted) = (text, Array(part.utf8))
        var start = text.utf8.startIndex
        guard let first = wanted.first else { return start }
        while let candidate = text.utf8[start...].firstIndex(of: first) {
            if text.utf8[candidate...].starts(with: wanted) { return candidate }
            start = text.utf8.index(after: candidate)
        }
        return nil
    }

    /// `substr(text, from, to)` of ODK: counted from 0, `to` excluded, negative positions from the end.
    private static func slice(_ text: String, from: Double, to: Double?) -> String {
        let scalars = Array(text.unicodeScalars)
        func index(_ position: Double) -> Int {
            guard !position.isNaN else { return 0 }
            let whole = position.rounded(.towardZero)
            return Int(min(max(whole < 0 ? whole + Double(scalars.count) : whole, 0), Double(scalars.count)))
        }
        let start = index(from)
        let end = to.map(index) ?? scalars.count
        return start < end ? string(scalars[start..<end]) : ""
    }

    /// `substring(text, first, length)`, XPath 1.0 section 4.2: counted from 1, both rounded.
    private static func substring(_ text: String, from first: Double, length: Double?) -> String {
        let lower = (first + 0.5).rounded(.down)
        let upper = length.map { lower + ($0 + 0.5).rounded(.down) } ?? .infinity
        var position = 0.0
        return string(
            text.unicodeScalars.filter { _ in
                position += 1
                return position >= lower && position < upper
            })
    }

    /// `translate()`, XPath 1.0 section 4.2: each character of `from` becomes the one at its place in `to`, or goes.
    private static func translated(_ text: String, from: String, to: String) -> String {
        let replacements = Array(to.unicodeScalars)
        var table: [Unicode.Scalar: Unicode.Scalar?] = [:]
        for (index, scalar) in from.unicodeScalars.enumerated() where table[scalar] == nil {
            table[scalar] = .some(index < replacements.count ? replacements[index] : nil)
        }
        return string(text.unicodeScalars.compactMap { scalar in table[scalar] ?? scalar })
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
