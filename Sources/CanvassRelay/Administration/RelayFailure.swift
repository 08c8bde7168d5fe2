/// Why an operator's command could not be carried out: what happened, and what to do next.
package struct RelayFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Starts small and has no full stop.
    package var what: String
    package var remedy: String
    /// Whether the order itself was wrong, whatever the relay holds.
    package var isUsage: Bool

    package init(_ what: String, remedy: String, isUsage: Bool = false) {
        self.what = what
        self.remedy = remedy
        self.isUsage = isUsage
    }

    package var description: String { "\(what); \(remedy)" }
}
