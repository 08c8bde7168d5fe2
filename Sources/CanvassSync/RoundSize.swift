/// How much of a full round the next one carries, by what became of those before it. A link that breaks after so many
/// bytes lets through what is small enough: so each loss quarters the next round, and a row of rounds that came through
/// makes it four times as large again.
struct RoundSize: Sendable {
    /// How often a full round is quartered: 0 is a full one.
    private(set) var quarterings = 0
    /// Losses since the last round that came through.
    private(set) var losses = 0
    private var successes = 0

    /// 2 MiB quartered four times is less than any page is made.
    private static let maximumQuarterings = 4
    /// So many losses in a row end a sync: twice at the smallest size.
    private static let maximumLosses = 6
    /// Growing after each success would lose every second round on a link that breaks at one size.
    private static let successesToGrow = 4

    /// - Returns: whether another attempt is worth it.
    mutating func lose() -> Bool {
        losses += 1
        successes = 0
        quarterings = min(quarterings + 1, RoundSize.maximumQuarterings)
        return losses <= RoundSize.maximumLosses
    }

    mutating func succeed() {
        losses = 0
        successes += 1
        guard quarterings > 0, successes >= RoundSize.successesToGrow else { return }
        successes = 0
        quarterings -= 1
    }
}
