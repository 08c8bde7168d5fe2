/// What a network does to the messages of one sync.
struct Link {
    enum Fate {
        case arrives(after: Int64)
        case lost
        /// Only so many bytes arrive, then the connection breaks.
        case torn(after: Int64, share: Double)
        case twice(after: Int64, again: Int64)
        /// Arrives after the sender has given up.
        case late(after: Int64)
    }

    /// How long a client waits for an answer, milliseconds.
    static let patience: Int64 = 60_000

    private var random: SplitMix64
    private let isCalm: Bool
    private let tape: Tape

    /// - Parameter seed: 0 for a network that does nothing of the kind.
    init(seed: UInt64, tape: Tape) {
        random = SplitMix64(seed: seed)
        isCalm = seed == 0
        self.tape = tape
    }

    mutating func request() -> Fate {
        guard !isCalm else { return .arrives(after: 1) }
        if random.percent(tape[.duplication]) {
            return .twice(after: latency(), again: random.once(in: 3) ? Link.patience + latency() : latency())
        }
        return answer()
    }

    mutating func answer() -> Fate {
        guard !isCalm else { return .arrives(after: 1) }
        if random.percent(tape[.loss]) { return .lost }
        if random.percent(tape[.tear]) { return .torn(after: latency(), share: Double(random.below(1_000)) / 1_000) }
        if random.percent(tape[.delay]) { return .late(after: Link.patience + latency() * 100) }
        return .arrives(after: latency())
    }

    private mutating func latency() -> Int64 { Int64(1 + random.below(random.once(in: 4) ? 2_000 : 40)) }

    /// Where a message is cut into the pieces that a socket hands over.
    mutating func pieces(of count: Int) -> [Range<Int>] {
        guard !isCalm, count > 1 else { return [0..<count] }
        let cuts = (0..<random.below(4)).map { _ in random.below(count) }.sorted() + [count]
        return zip([0] + cuts, cuts).map { $0..<$1 }
    }
}
