/// A label that mentions answers as `${name}`.
struct LabelTemplate {
    private enum Piece {
        case text(Substring)
        case question(String)
    }

    private let pieces: [Piece]

    init(_ text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            let afterDollar = rest[rest.index(after: dollar)...]
            guard afterDollar.first == "{", let end = afterDollar.firstIndex(of: "}") else {
                pieces.append(.text(rest[...dollar]))
                rest = afterDollar
                continue
            }
            pieces.append(.text(rest[..<dollar]))
            pieces.append(.question(String(afterDollar[..<end].dropFirst()).trimmedOfSpace))
            rest = rest[rest.index(after: end)...]
        }
        pieces.append(.text(rest))
        self.pieces = pieces
    }

    /// The questions that it mentions.
    var questions: [String] {
        pieces.compactMap { if case .question(let name) = $0 { name } else { nil } }
    }

    /// - Parameter answer: what to put for a question; nil leaves `${name}` as it stands.
    func filled(_ answer: (String) -> String?) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): String(text)
            case .question(let name): answer(name) ?? "${\(name)}"
            }
        }.joined()
    }
}
