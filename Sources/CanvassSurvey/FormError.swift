/// A form that cannot be read or used, with the place and what to do.
public struct FormError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where: "items[3].type", "NPS, relevant", "column 7" …
    public var place: String
    public var reason: String
    /// What to do next; empty where the reason says it all.
    public var remedy: String

    public init(place: String, reason: String, remedy: String = "") {
        self.place = place
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String { "\(place): \(reason)" + (remedy.isEmpty ? "" : ". \(remedy)") }
}
