/// Why an operator's command could not be carried out: what happened, and what to do next.
package struct RelayFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Starts small and has no full stop.
    package var what: String
    package var remedy: String

    package init(_ what: String, remedy: String) {
        self.what = what
        self.remedy = remedy
    }

    package var description: String { "\(what); \(remedy)" }
}
