/// How many cells of a terminal a text fills: the sum over its grapheme clusters.
package enum DisplayWidth {
    package static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count(where: { $0 >= 0x20 && $0 != 0x7F }) }
        return text.reduce(0) { $0 + of($1) }
    }

    /// An emoji sequence (UTS 51) fills two cells however many scalars it has; other clusters the sum of their scalars.
    package static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        let hasEmojiSelector = scalars.dropFirst().contains("\u{FE0F}")
        if first.properties.isEmojiPresentation || (hasEmojiSelector && first.properties.isEmoji) { return 2 }
        return scalars.reduce(0) { $0 + of($1) }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) { return 0 }
        if scalar.value < 0x300 { return scalar.value == 0xAD ? 0 : 1 }
        // Vowels and finals of decomposed Hangul are drawn into the block of their initial.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator: return 0
        default: break
        }
        return isWide(scalar) || scalar.properties.isEmojiPresentation ? 2 : 1
    }

    /// East Asian Width W or F (UAX 11), apart from emoji, which the standard library knows.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4C6, 0xA960...0xA97C,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD:
            true
        default: false
        }
    }
}
