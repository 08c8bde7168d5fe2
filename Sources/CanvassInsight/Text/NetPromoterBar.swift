/// A bar that shows how detractors, passives and promoters divide the answers, for a terminal or a page: it says how long
/// each part is and with which characters to draw it, and leaves colour to whoever shows it.
public struct NetPromoterBar: Sendable, Hashable {
    /// A part of the bar, from left to right.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case detractors, passives, promoters

        /// Parts differ without colour too: by shade, or in ASCII by sign.
        func character(ascii: Bool) -> Character {
            switch self {
            case .detractors: ascii ? "-" : "░"
            case .passives: ascii ? "." : "▒"
            case .promoters: ascii ? "+" : "█"
            }
        }
    }

    /// A run of equal characters.
    public struct Segment: Sendable, Hashable {
        public var part: Part
        /// Characters.
        public var length: Int
        public var text: String
    }

    private let shares: [Double]

    public init(_ score: NetPromoterScore) {
        shares = [score.detractorShare ?? 0, score.passiveShare ?? 0, score.promoterShare ?? 0]
    }

    /// The bar drawn in `width` characters. Lengths add up to the width exactly (largest remainder).
    ///
    /// - Parameters:
    ///   - width: characters, at most 10,000 of which are used.
    ///   - ascii: whether to keep to ASCII, for terminals without UTF-8.
    /// - Returns: always the three parts, in order; all of length 0 when there are no answers or there is no width.
    public func text(width: Int, ascii: Bool = false) -> [Segment] {
        let lengths = LargestRemainder.lengths(of: shares, total: min(max(0, width), 10_000))
        return zip(Part.allCases, lengths).map { part, length in
            Segment(part: part, length: length, text: String(repeating: part.character(ascii: ascii), count: length))
        }
    }
}
