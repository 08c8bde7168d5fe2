extension ArgumentKind where Parsed == String {
    /// Any text, the empty one too.
    package static var text: ArgumentKind<String> { string(placeholder: "TEXT") }

    /// The path of a file or folder, not looked at here. Empty is refused: it is nearly always an unset shell variable.
    package static var path: ArgumentKind<String> {
        ArgumentKind<String>(placeholder: "PATH", describe: { $0 }) { (text) throws(InvalidArgument) -> String in
            guard !text.isEmpty else { throw InvalidArgument("a path") }
            return text
        }
    }

    private static func string(placeholder: String) -> ArgumentKind<String> {
        ArgumentKind<String>(placeholder: placeholder, describe: { $0 }) { (text) throws(InvalidArgument) in text }
    }
}

extension ArgumentKind where Parsed == Int {
    /// A whole number within `range`.
    package static func integer(in range: ClosedRange<Int> = .min ... .max) -> ArgumentKind<Int> {
        ArgumentKind<Int>(placeholder: "N", describe: { String($0) }) { (text) throws(InvalidArgument) -> Int in
            guard let number = Int(text), range.contains(number) else {
                throw InvalidArgument("a whole number" + bounds(range, lowest: .min, greatest: .max))
            }
            return number
        }
    }
}

extension ArgumentKind where Parsed == Double {
    /// A finite decimal number within `range`; the decimal separator is the point, whatever the locale.
    package static func number(
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) -> ArgumentKind<Double> {
        ArgumentKind<Double>(placeholder: "NUMBER", describe: { String($0) }) {
            (text) throws(InvalidArgument) -> Double in
            guard let number = Double(text), number.isFinite, range.contains(number) else {
                let limit = Double.greatestFiniteMagnitude
                throw InvalidArgument("a number" + bounds(range, lowest: -limit, greatest: limit))
            }
            return number
        }
    }
}

extension ArgumentKind where Parsed: CaseIterable & RawRepresentable, Parsed.RawValue == String {
    /// One of the raw values of an enum.
    package static func choice(of type: Parsed.Type = Parsed.self) -> ArgumentKind<Parsed> {
        let names = Parsed.allCases.map(\.rawValue)
        let joined = names.joined(separator: "|")
        // A long list is told in the text of the help, where it can be wrapped.
        return ArgumentKind(
            placeholder: joined.count <= 24 ? joined : "CHOICE", choices: names, describe: { $0.rawValue }
        ) {
            (text) throws(InvalidArgument) -> Parsed in
            guard let value = Parsed(rawValue: text) else {
                let nearest = NearestName.find(text, in: names).map { "; did you mean \($0)?" } ?? ""
                throw InvalidArgument("one of " + names.joined(separator: ", ") + nearest)
            }
            return value
        }
    }
}

/// " from 1 to 500", " of at least 1", or nothing where the range is the whole type.
private func bounds<Number: Comparable>(_ range: ClosedRange<Number>, lowest: Number, greatest: Number) -> String {
    switch (range.lowerBound > lowest, range.upperBound < greatest) {
    case (true, true): " from \(range.lowerBound) to \(range.upperBound)"
    case (true, false): " of at least \(range.lowerBound)"
    case (false, true): " of at most \(range.upperBound)"
    case (false, false): ""
    }
}
