/// Why a questionnaire cannot be imported: all that was found wrong, so that one round of corrections is enough.
package struct XLSFormError: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one, at most `limit`, in the order of the sheets settings, choices, survey.
    package let issues: [XLSFormIssue]

    static let limit = 100

    package var description: String { issues.map(\.description).joined(separator: "\n") }
}
