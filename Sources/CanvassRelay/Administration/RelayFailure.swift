import CanvassSQLite

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

    /// - Parameter path: the file that the error is about.
    init(_ error: SchemaError, path: String) {
        switch error {
        case .newer(let found, let known):
            self.init(
                "\(path) was made by a newer version (schema \(found); this one knows up to \(known))",
                remedy: "install that version of canvass-relay; nothing was changed")
        case .altered:
            self.init(
                "\(path) cannot be trusted: \(error)",
                remedy: "drop the trigger with sqlite3, or restore a backup; nothing was changed")
        case .older, .foreign:
            self.init(
                "\(path) is not the database of a relay: \(error)",
                remedy: "name the folder of a relay with --data; nothing was changed")
        }
    }

    package var description: String { "\(what); \(remedy)" }
}
