/// What an expression may know of the world: answers, choices, the clock and chance, all of it passed in.
package struct EvaluationContext {
    /// Milliseconds since 1970-01-01T00:00Z by the device's clock.
    package var nowMilliseconds: Int64
    /// The device's offset from UTC.
    package var offsetMinutes: Int
    /// The value of `.`: the answer that a constraint judges.
    package var current: XPathValue
    /// The answer to a question; `.empty` where there is none.
    package var answer: (_ question: String) -> XPathValue
    /// The label of one code of a select question.
    package var choiceLabel: (_ question: String, _ code: String) -> String?
    /// The rows of a choice list for `instance()`; nil for a list that the form does not have.
    package var rows: (_ list: String) -> [ChoiceRow]?
    /// The choice that a choice_filter is judging.
    package var row: ChoiceRow?
    /// 64 bits of chance for `random()` and `uuid()`.
    package var randomBits: () -> UInt64

    package init(
        nowMilliseconds: Int64 = 0, offsetMinutes: Int = 0, current: XPathValue = .empty,
        answer: @escaping (String) -> XPathValue = { _ in .empty },
        choiceLabel: @escaping (String, String) -> String? = { _, _ in nil },
        rows: @escaping (String) -> [ChoiceRow]? = { _ in nil }, row: ChoiceRow? = nil,
        randomBits: @escaping () -> UInt64 = { 0 }
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.offsetMinutes = offsetMinutes
        self.current = current
        self.answer = answer
        self.choiceLabel = choiceLabel
        self.rows = rows
        self.row = row
        self.randomBits = randomBits
    }
}
