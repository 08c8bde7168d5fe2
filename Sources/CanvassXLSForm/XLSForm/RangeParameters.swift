import CanvassSurvey

/// The `parameters` of a range question: "start=0 end=10 step=1", in any order, separated by blanks, commas or
/// semicolons (https://xlsform.org/en/#range). What is not said is 1 to 10 by 1.
enum RangeParameters {
    enum Outcome: Hashable {
        case range(Form.ItemType)
        case invalid(String)
    }

    static func parse(_ text: String) -> Outcome {
        var values = ["start": 1.0, "end": 10.0, "step": 1.0]
        // "start = 0" may be written with blanks.
        let joined = text.split(separator: "=", omittingEmptySubsequences: false).map(\.trimmed).joined(separator: "=")
        for part in joined.unicodeScalars.split(whereSeparator: { $0.properties.isWhitespace || $0 == "," || $0 == ";" }
        ) {
            let pair = String(part).split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let number = number(pair[1]), values[pair[0].lowercased()] != nil else {
                return .invalid("\(quoted(String(part))) is not start, end or step with a number")
            }
            values[pair[0].lowercased()] = number
        }
        let (start, end, step) = (values["start"] ?? 1, values["end"] ?? 10, values["step"] ?? 1)
        guard step > 0 else { return .invalid("The step is not greater than 0") }
        guard start <= end else { return .invalid("The start is greater than the end") }
        return .range(.range(start: start, end: end, step: step))
    }

    private static func number(_ text: Substring) -> Double? {
        // Double also reads hexadecimal and names such as "inf".
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
