/// A failure as a person is told about it: what happened, where, why, and what to do next.
package struct UserError: Error, Hashable, Sendable {
    /// Stable, for programs: "usage.unknown-option", "replica.missing".
    package var code: String
    /// What happened, starting small and without a full stop: "the replica could not be opened".
    package var what: String
    /// Where: a file, a row, an address. Empty when `what` says it all.
    package var place: String
    /// Why, when it is known.
    package var why: String
    /// What to do next, as a sentence: "Run `canvass doctor`."
    package var remedy: String
    package var exitCode: ExitCode

    package init(
        code: String = "failed", _ what: String, place: String = "", why: String = "", remedy: String = "",
        exitCode: ExitCode = .failed
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.why = why
        self.remedy = remedy
        self.exitCode = exitCode
    }
}

extension UserError: CustomStringConvertible {
    package var description: String {
        ([what] + details.map { "  \($0.label): \($0.text)" }).joined(separator: "\n")
    }

    /// The lines below the first, without those that are empty.
    var details: [(label: String, text: String)] {
        [("Where", place), ("Why", why), ("Try", remedy)].filter { !$0.1.isEmpty }
    }
}
