import CanvassSQLite

/// A moment that something was read as of, and how far it can be trusted.
///
/// As of a moment means: the changes whose authors' clocks showed no later time and whose authors had been shown only
/// such changes. Nothing is corrected. A change made under a clock that is three years ahead belongs to no moment before
/// that time, nor does anything that was made upon it in the same scope; one made under a clock three years behind
/// belongs to every moment since.
public struct PastMoment: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var milliseconds: Int64
    /// Changes left out although they carry no later time, because of a change that they build on: a clock was wrong.
    public var displacedChanges: Int
    /// The relay's clock minus this device's, milliseconds, where it was furthest off at any sync; nil before the first.
    public var clockOffsetMilliseconds: Int64?
}

extension Connection {
    mutating func pastMoment(_ milliseconds: Int64, displaced: Int) throws -> PastMoment {
        var statement = try cached("SELECT offset FROM clock ORDER BY abs(CAST(offset AS REAL)) DESC LIMIT 1")
        defer { statement.reset() }
        return PastMoment(
            milliseconds: milliseconds, displacedChanges: displaced,
            clockOffsetMilliseconds: try statement.step() ? statement.int64(at: 0) : nil)
    }
}
