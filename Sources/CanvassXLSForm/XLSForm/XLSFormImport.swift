package import CanvassSurvey

/// A form as it was read, and what its designer should know about the reading.
package struct XLSFormImport: Hashable, Sendable {
    package let form: Form
    package let warnings: [XLSFormIssue]
}
