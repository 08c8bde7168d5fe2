/// Markup that shows data and never obeys it.
///
/// The literal parts of an interpolation are markup, the values are data. What a value may be depends on where it stands:
/// text between tags, the value of an attribute in double quotes, or other markup between tags. Anywhere else, and in
/// attributes that browsers act upon, an interpolation is a programmer's mistake and traps.
///
/// ```swift
/// let row: HTML = "<td title=\"\(remark)\">\(name)</td>"
/// ```
package struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    package let source: String

    package init(stringLiteral value: String) {
        var interpolation = StringInterpolation(literalCapacity: value.utf8.count, interpolationCount: 0)
        interpolation.appendLiteral(value)
        self.init(stringInterpolation: interpolation)
    }

    package init(stringInterpolation: StringInterpolation) {
        precondition(stringInterpolation.scanner.place == .text, "markup ends within a tag")
        source = stringInterpolation.source
    }

    /// The element of a style sheet that the program wrote.
    package init(styleSheet: String) {
        precondition(!styleSheet.contains("<"), "a style sheet that ends its element")
        source = "<style>\(styleSheet)</style>"
    }

    /// One after the other.
    package init(_ parts: some Sequence<HTML>) {
        source = parts.map(\.source).joined()
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""
        fileprivate var scanner = HTMLScanner()

        package init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            scanner.pass(literal)
            source += literal
        }

        package mutating func appendInterpolation(_ data: some CustomStringConvertible) {
            switch scanner.place {
            case .text: break
            case .attribute(let name):
                precondition(!HTMLScanner.isActedUpon(name), "data in the attribute \(name)")
            case .tag: preconditionFailure("data within a tag")
            }
            source += HTML.escape(data.description)
        }

        package mutating func appendInterpolation(_ markup: HTML) {
            precondition(scanner.place == .text, "markup within a tag")
            source += markup.source
        }
    }

    /// Safe between tags and between double quotes alike. Control characters, which no browser shows and some obey, become
    /// the sign for what cannot be shown.
    private static func escape(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe.append(contentsOf: "&amp;".unicodeScalars)
            case "<": safe.append(contentsOf: "&lt;".unicodeScalars)
            case ">": safe.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": safe.append(contentsOf: "&quot;".unicodeScalars)
            case "'": safe.append(contentsOf: "&#39;".unicodeScalars)
            case "\n", "\t": safe.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                safe.append("\u{FFFD}")
            default: safe.append(scalar)
            }
        }
        return String(safe)
    }
}

/// Knows where in the markup its end is, as far as that matters to what may stand there.
private struct HTMLScanner {
    enum Place: Equatable {
        case text
        case tag
        /// Between the double quotes of an attribute.
        case attribute(String)
    }

    private(set) var place = Place.text
    /// What came in the tag so far.
    private var tag = ""

    mutating func pass(_ literal: String) {
        for character in literal {
            switch place {
            case .text where character == "<":
                place = .tag
                tag = ""
            case .text: break
            case .tag where character == ">":
                let name = tag.lowercased()
                precondition(!name.hasPrefix("script") && !name.hasPrefix("style"), "raw text in markup")
                place = .text
            case .tag where character == "\"":
                precondition(tag.last == "=", "a quote without an attribute")
                let name = tag.dropLast().split(whereSeparator: \.isWhitespace).last ?? ""
                place = .attribute(name.lowercased())
            case .tag:
                precondition(character != "'", "attributes stand in double quotes")
                tag.append(character)
            case .attribute where character == "\"":
                place = .tag
                tag.append(" ")
            case .attribute: break
            }
        }
    }

    /// Attributes whose value a browser fetches, follows or runs.
    static func isActedUpon(_ name: String) -> Bool {
        name.hasPrefix("on")
            || ["href", "src", "srcset", "srcdoc", "style", "action", "formaction", "data"].contains(name)
    }
}
