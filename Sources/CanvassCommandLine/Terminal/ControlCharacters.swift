/// Makes text from files and the network safe to show: a terminal obeys control characters, so data never brings its own.
package enum ControlCharacters {
    /// The text with everything a terminal would act on spelled out: `\n`, `\t`, `\u{1B}`.
    ///
    /// That is C0, DEL and C1 (ECMA-48), the line and paragraph separators, and the bidirectional embeddings, overrides and
    /// isolates (UAX 9, 2.1 to 2.4), which reorder what stands around them. Marks that only Arabic or Persian spelling
    /// needs (U+200C to U+200F, U+061C) stay.
    package static func escape(_ text: String, keepingNewlines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { isActive($0) && !(keepingNewlines && $0 == "\n") }) else {
            return text
        }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !isActive(scalar) || (keepingNewlines && scalar == "\n") {
                safe.append(scalar)
            } else {
                safe.append(contentsOf: spelled(scalar).unicodeScalars)
            }
        }
        return String(safe)
    }

    /// JSON text in which the characters that JSON lets through and a terminal would act on are `\u` escapes. They can
    /// only stand within strings, where that is the same value.
    package static func escapeJSON(_ json: String) -> String {
        var safe = String.UnicodeScalarView()
        guard json.unicodeScalars.contains(where: { isActive($0) && $0.value >= 0x7F }) else { return json }
        for scalar in json.unicodeScalars {
            if isActive(scalar), scalar.value >= 0x7F {
                let digits = String(scalar.value, radix: 16)
                let padding = String(repeating: "0", count: max(0, 4 - digits.count))
                safe.append(contentsOf: "\\u\(padding)\(digits)".unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        return String(safe)
    }

    static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func spelled(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
    }
}
