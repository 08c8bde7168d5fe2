/// Breaks text into lines of at most `width` cells.
///
/// Lines break at spaces (never at the no-break spaces of French) and between the characters of scripts that write none,
/// except before closing punctuation. What fits nowhere is cut between grapheme clusters. Newlines in
/// `text` stay; runs of spaces become one.
///
/// - Parameter indent: put before every line, and part of its width.
package func wrap(_ text: String, width: Int, indent: String = "") -> [String] {
    let room = max(1, width - DisplayWidth.of(indent))
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
        var breaker = LineBreaker(room: room)
        return breaker.lines(of: paragraph).map { $0.isEmpty ? "" : indent + $0 }
    }
}

private struct LineBreaker {
    /// Cells in a line.
    let room: Int
    private var lines: [String] = []
    private var line = ""
    private var used = 0

    init(room: Int) {
        self.room = room
    }

    mutating func lines(of paragraph: Substring) -> [String] {
        for word in paragraph.split(separator: " ") {
            for (index, piece) in pieces(of: word).enumerated() { add(piece, startsWord: index == 0) }
        }
        if !line.isEmpty || lines.isEmpty { endLine() }
        return lines
    }

    private mutating func add(_ piece: String, startsWord: Bool) {
        let space = startsWord && !line.isEmpty ? " " : ""
        let width = space.count + DisplayWidth.of(piece)
        if used + width <= room {
            line += space + piece
            used += width
            return
        }
        if !line.isEmpty { endLine() }
        if piece.count > 1, DisplayWidth.of(piece) > room {
            for character in piece { add(String(character), startsWord: false) }
        } else {
            line = piece
            used = DisplayWidth.of(piece)
        }
    }

    private mutating func endLine() {
        lines.append(line)
        line = ""
        used = 0
    }

    /// A word, cut wherever a wide character allows a break before or after it.
    private func pieces(of word: Substring) -> [String] {
        var pieces: [String] = []
        var previousIsWide = false
        for character in word {
            let isWide = DisplayWidth.of(character) == 2
            let mayBreak = (isWide || previousIsWide) && !character.isClosing
            if let last = pieces.indices.last, !mayBreak {
                pieces[last].append(character)
            } else {
                pieces.append(String(character))
            }
            previousIsWide = isWide
        }
        return pieces
    }
}

extension Character {
    /// What may not begin a line in Chinese and Japanese (UAX 14: CL, CP, EX, NS).
    fileprivate var isClosing: Bool {
        "、。，．：；！？）］｝〉》」』】〕”’…,.:;!?)]}%".contains(self)
    }
}
