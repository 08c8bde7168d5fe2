import CanvassCoding
import CanvassSurvey

/// Answers that come out the same at every run: drawn from a seeded generator (SplitMix64, Steele, Lea and Flood 2014).
struct DemoAnswers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int(next() % UInt64(items.count))]
    }

    /// One visitor: a language, and answers that hang together as those of a person do.
    mutating func visitor() -> (language: String, answers: Answers) {
        let language = Int(next() % UInt64(DemoSurvey.codes.count))
        let recommend = pick([10, 10, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 3, 2, 0])
        let mood = recommend >= 9 ? [4, 5, 5, 5] : recommend >= 7 ? [3, 4, 4, 5] : [1, 2, 2, 3]
        var answers = Answers()
        answers["recommend"] = .integer(Int64(recommend))
        for question in ["satisfaction", "effort", "come_back"] { answers[question] = .text("\(pick(mood))") }
        if recommend <= 6 { answers["reason"] = .text(pick(DemoAnswers.reasons[language])) }
        if next() % 4 == 0 { answers["comment"] = .text(pick(DemoAnswers.comments[language])) }
        return (DemoSurvey.codes[language], answers)
    }

    private static let reasons = [
        ["Shorter queues", "Clearer prices"], ["Cozi mai scurte", "Prețuri mai clare"],
        ["减少排队", "价格更清楚"], ["طوابير أقصر", "أسعار أوضح"],
        ["Antrean lebih pendek", "Harga lebih jelas"], ["Moins d'attente", "Des prix plus clairs"],
    ]
    private static let comments = [
        ["Thank you"], ["Mulțumesc"], ["谢谢"], ["شكرًا"], ["Terima kasih"], ["Merci"],
    ]
}
