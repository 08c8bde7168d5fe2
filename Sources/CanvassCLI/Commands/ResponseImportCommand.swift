import Canvass
import CanvassCoding
import CanvassCommandLine

/// `canvass response import`
enum ResponseImportCommand {
    private static let file = Positional("FILE", .path, "A table as CSV in UTF-8; its first line names the questions.")
    private static let key = Option(
        "key", .text, placeholder: "COLUMN", "The column whose value tells rows apart, instead of their whole content.")

    static let command = Command(
        "import", "Import responses from a table whose columns are questions.",
        discussion: """
            Columns that are no questions are named and ignored. A row that breaks a rule of the survey is imported and \
            flagged; a row that cannot be read is rejected and listed, with its row, line, column and reason, in \
            FILE.rejects.csv beside FILE. The same file again adds nothing.

            Rows are written in batches: Ctrl-C leaves whole batches, and the same command again goes on. Exits with 3 \
            when rows were rejected; flagged rows alone exit with 0.
            """,
        examples: [
            Example("canvass response import visit visits.csv", "Import a table."),
            Example("canvass response import visit visits.csv --key form_number", "Rows with a number of their own."),
        ],
        options: [key, SurveyArgument.campaign], positionals: [SurveyArgument.name, file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let survey = try SurveyArgument.survey(arguments, in: replica)
        let path = arguments[file]
        let rejects = RejectsFile(path + ".rejects.csv")
        var reader = try open(path)
        try rejects.checkFolder()
        Interrupt.install()
        let progress = output.progress("Importing", unit: "rows")
        let outcome: ResponseImportOutcome
        do {
            defer { progress.finish() }
            outcome = try replica.importResponses(
                from: &reader, to: survey, key: arguments[key],
                onProgress: { progress.update(to: Int64($0)) }, shouldStop: { Interrupt.isRequested })
        }
        // The rows are in, whatever becomes of the list of those that are not: say so before any complaint.
        var complaint: UserError?
        do throws(UserError) { try rejects.keep(outcome) } catch { complaint = error }
        let written = outcome.rejected.isEmpty || complaint != nil ? nil : rejects.path
        if output.isJSON {
            output.emit(outcome.value(rejects: written))
        } else {
            show(outcome, rejects: written, survey: try SurveyArgument.typed(survey, in: replica), on: output)
        }
        if let complaint { throw complaint }
        if outcome.isInterrupted { return .failed }
        return outcome.rejected.isEmpty ? .done : .findings
    }

    private static func open(_ path: String) throws(UserError) -> CSVReader {
        let bytes = try InputFile.read(path)
        do {
            return try CSVReader(bytes)
        } catch {
            let position = JSON.position(of: error.offset, in: bytes)
            throw UserError(
                code: "import.unreadable", "\(path) cannot be read as CSV",
                place: "line \(position.line), column \(position.column)", why: error.reason,
                remedy: "Save the table as “CSV UTF-8”, with the names of the questions in the first line.")
        }
    }

    /// - Parameters:
    ///   - rejects: where the rejected rows are listed; nil where they are not.
    ///   - survey: the survey as it has to be typed.
    private static func show(
        _ outcome: ResponseImportOutcome, rejects: String?, survey: String, on output: Output
    ) {
        if !outcome.unknownColumns.isEmpty {
            output.warn("columns that are no questions are ignored:")
            output.note(wrapped: outcome.unknownColumns.joined(separator: ", "), indent: "  ")
        }
        if !outcome.missingQuestions.isEmpty {
            output.note("Questions without a column:")
            output.note(wrapped: outcome.missingQuestions.joined(separator: ", "), indent: "  ")
        }
        var counts = KeyValueList()
        for (name, count) in [
            ("Rows", outcome.rows), ("Added", outcome.added), ("Known already", outcome.known),
            ("Flagged", outcome.flagged), ("Rejected", outcome.rejectedRows),
        ] {
            counts.add(name, NumberText.grouped(Int64(count)))
        }
        if outcome.erased > 0 { counts.add("Erased before", NumberText.grouped(Int64(outcome.erased))) }
        output.print(counts)
        if outcome.erased > 0 { output.print("Responses that were erased stay erased; nothing brings them back.") }
        if outcome.flagged > 0 {
            output.print("Flagged rows are in: `canvass response list \(survey) --flagged` shows them.")
        }
        if let rejects {
            output.print("Rejected rows, with reasons: \(rejects, .bold)")
        } else {
            showFirst(outcome.rejected, on: output)
        }
        if outcome.isInterrupted {
            output.print("\("Stopped on request.", .red) Every row counted above is dealt with, and no other;")
            output.print("run the same command again to go on.")
        }
    }

    /// Shows the reasons that a person corrects first, where the file with all of them could not be written.
    private static func showFirst(_ rejected: [ResponseImportOutcome.Rejection], on output: Output) {
        let most = 10
        for rejection in rejected.prefix(most) {
            let column = rejection.column.map { ", column \($0)" } ?? ""
            output.print(
                wrapped: "Row \(rejection.row), line \(rejection.line)\(column): \(rejection.reason)", indent: "  ")
        }
        if rejected.count > most { output.print("  … \(NumberText.grouped(Int64(rejected.count - most))) more") }
    }
}

extension ResponseImportOutcome {
    /// A row with several unreadable cells is listed once for each.
    fileprivate var rejectedRows: Int { Set(rejected.map(\.row)).count }

    fileprivate func value(rejects: String?) -> Value {
        [
            "rows": Value(rows), "added": Value(added), "known": Value(known), "erased": Value(erased),
            "flagged": Value(flagged),
            "rejected": Value(rejectedRows),
            "rejections": .list(
                rejected.map {
                    [
                        "row": Value($0.row), "line": Value($0.line), "column": Value($0.column),
                        "reason": .text($0.reason),
                    ]
                }),
            "rejectsFile": Value(rejects), "unknownColumns": .list(unknownColumns.map(Value.text)),
            "missingQuestions": .list(missingQuestions.map(Value.text)), "isInterrupted": .bool(isInterrupted),
        ]
    }
}
