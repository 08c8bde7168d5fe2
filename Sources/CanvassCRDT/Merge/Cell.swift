public import CanvassCoding

/// One value of a cell, with the change that put it there.
public struct Version: Sendable, Hashable {
    public var dot: Dot
    public var stamp: Stamp
    public var value: Value

    public init(dot: Dot, stamp: Stamp, value: Value) {
        self.dot = dot
        self.stamp = stamp
        self.value = value
    }

    /// The order that decides which of several concurrent versions is shown.
    package static func ranksHigher(_ left: Version, _ right: Version) -> Bool {
        #if PLANTED_BUGS
            if planted(.tieGoesToTheLater) { return left.stamp.milliseconds >= right.stamp.milliseconds }
            if planted(.winnerByDotOnly) { return left.dot > right.dot }
        #endif
        return (left.stamp.milliseconds, left.dot) > (right.stamp.milliseconds, right.dot)
    }
}

/// A multi-value register: every version that nothing applied has replaced.
///
/// Merge law: for changes applied in causal order the versions are those that no other applied change names as
/// replaced. That set does not depend on the order of concurrent changes (each only removes what was in its own
/// context, which came before it everywhere), nor on re-delivery (a dot is applied once), so replicas that applied the
/// same changes hold the same cell.
///
/// Invariants: `versions` is sorted by `Version.ranksHigher`, dots are distinct.
public struct Cell: Sendable, Hashable {
    public private(set) var versions: [Version]

    public init(_ versions: [Version] = []) {
        self.versions = versions.sorted(by: Version.ranksHigher)
    }

    /// The version shown: the greatest (stamp, dot).
    public var winner: Version? { versions.first }

    /// The other versions whose value is another: kept, listed, settled by a person. Equal values are no conflict.
    public var conflicting: [Version] {
        guard let winner else { return [] }
        return versions.dropFirst().filter { $0.value != winner.value }
    }

    /// Removes the versions that `isReplaced` names, and adds `version`.
    ///
    /// - Returns: the versions that were removed.
    package mutating func replace<Failure: Error>(
        with version: Version?, where isReplaced: (Dot) throws(Failure) -> Bool
    ) throws(Failure) -> [Version] {
        #if PLANTED_BUGS
            let version = planted(.stampMovesOnApply) ? version?.later(than: versions) : version
        #endif
        var kept: [Version] = []
        var removed: [Version] = []
        for old in versions {
            if try isReplaced(old.dot) { removed.append(old) } else { kept.append(old) }
        }
        if let version {
            let position = kept.firstIndex { Version.ranksHigher(version, $0) } ?? kept.endIndex
            kept.insert(version, at: position)
        }
        versions = kept
        return removed
    }
}

#if PLANTED_BUGS
    extension Version {
        func later(than others: [Version]) -> Version {
            Version(
                dot: dot, stamp: Stamp(clockMilliseconds: stamp.milliseconds, replacing: others.map(\.stamp)),
                value: value)
        }
    }
#endif
