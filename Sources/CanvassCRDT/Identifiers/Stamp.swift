/// Milliseconds since 1970 that rank versions which are concurrent anyway (rule 5). A stamp never decides whether a
/// change is taken, and never touches a cell that it was not made for.
public struct Stamp: Hashable, Sendable, Comparable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (left: Stamp, right: Stamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The stamp of a put: the device's clock, but later than everything that the put replaces. Saturates instead of
    /// wrapping, so that a version stamped with the last moment there is can still be edited.
    public init(clockMilliseconds: Int64, replacing replaced: some Sequence<Stamp>) {
        let latest = replaced.max()?.milliseconds
        let next = latest.map { $0 == .max ? .max : $0 + 1 } ?? .min
        milliseconds = max(clockMilliseconds, next)
    }
}
