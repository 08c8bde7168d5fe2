import CanvassCoding
import CanvassCommandLine
import CanvassSurvey
import CanvassXLSForm

/// A questionnaire file, read and checked before anything is written.
struct Questionnaire {
    private let path: String
    /// Of no use while there are errors.
    private(set) var form: Form
    /// What keeps it from being imported.
    private(set) var errors: [XLSFormIssue] = []
    private(set) var warnings: [XLSFormIssue] = []

    /// - Parameter name: the form's id, instead of the one in the file.
    /// - Throws: `UserError` when the file itself cannot be read.
    init(path: String, name: String?) throws(UserError) {
        self.path = path
        let bytes = try InputFile.read(path)
        do {
            let imported = try XLSForm.read(bytes, fileName: path)
            form = imported.form
            warnings = imported.warnings
        } catch {
            form = Form(id: "", title: "")
            errors = error.issues
            return
        }
        if let name { form.id = name }
        for finding in form.check() {
            switch finding.severity {
            case .error: errors.append(XLSFormIssue(finding))
            case .warning where Self.columnsOfReader.contains(finding.column): break
            case .warning: warnings.append(XLSFormIssue(finding))
            }
        }
    }

    /// What is unusual in these columns the reader has told already, with the row.
    private static let columnsOfReader: Set<String> = ["type", "canvass::metric", "default_language"]

    /// The failure for a person, who corrects all errors in one round: the first in the error itself, the others before.
    func failure(showingMoreOn output: Output) -> UserError {
        if output.isJSON {
            output.emit(["errors": .list(errors.map(\.value)), "warnings": .list(warnings.map(\.value))])
        }
        guard errors.count > 1 else {
            return UserError(
                code: "survey.unreadable", "\(path) cannot be imported", place: errors.first?.place ?? "",
                why: errors.first?.message ?? "", remedy: errors.first?.remedy.asSentence ?? "")
        }
        for error in errors { output.note("\("error:", .red) \(error.description)") }
        return UserError(
            code: "survey.unreadable", "\(path) cannot be imported",
            why: "\(CountText.of(errors.count, "error")); nothing was changed",
            remedy: "Correct the rows that are named, save the workbook, and import it again.")
    }
}

extension XLSFormIssue {
    /// An issue found in the form as a whole, where rows are known by their names.
    fileprivate init(_ finding: FormFinding) {
        let item = finding.item.isEmpty ? "" : "\(finding.item): "
        let character = finding.offset.map { " (character \($0 + 1))" } ?? ""
        self.init(
            sheet: nil, row: nil, column: finding.column.isEmpty ? nil : finding.column,
            message: item + finding.message + character, remedy: finding.remedy)
    }

    /// "sheet survey, row 7, column relevant"; empty for the workbook as a whole.
    fileprivate var place: String {
        [sheet.map { "sheet \($0)" }, row.map { "row \($0)" }, column.map { "column \($0)" }].compactMap { $0 }
            .joined(separator: ", ")
    }

    var value: Value {
        [
            "sheet": Value(sheet), "row": row.map { Value($0) } ?? .null, "column": Value(column),
            "message": .text(message), "remedy": .text(remedy),
        ]
    }
}
