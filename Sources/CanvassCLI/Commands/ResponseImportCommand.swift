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
        options: [key], positionals: [SurveyCommands.name, file], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let replica = try ReplicaLocation.open(arguments)
        let survey = try replica.survey(named: arguments[SurveyCommands.name])
        let path = arguments[file]
        var reader = try open(path)
        Interrupt.install()
        let progress = output.progress("Importing", unit: "rows")
        let outcome: ResponseImportOutcome
        do {
            defer { progress.finish() }
            outcome = try replica.importResponses(
                from: &reader, to: survey, key: arguments[key],
                onProgress: { progress.update(to: Int64($0)) }, shouldStop: { Interrupt.isRequested })
        }
        let rejects = path + ".rejects.csv"
        // The rows are in, whatever becomes of the list of those that are not: say so before any complaint.
        defer {
            if output.isJSON {
                output.emit(outcome.value(rejects: outcome.rejected.isEmpty ? nil : rejects))
            } else {
                show(outcome, rejects: rejects, survey: survey, on: output)
            }
        }
        if !outcome.rejected.isEmpty { try OutputFile.replace(rejects, with: outcome.rejectsTable) }
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
                remedy: "save the table as “CSV UTF-8”, with the names of the questions in the first line")
        }
    }

    private static func show(
        _ outcome: ResponseImportOutcome, rejects: String, survey: Survey, on output: Output
    ) {
        if !outcome.unknownColumns.isEmpty {
            output.warn("columns that are no questions are ignored: \(listed(outcome.unknownColumns))")
        }
        if !outcome.missingQuestions.isEmpty {
            output.note("Questions without a column: \(listed(outcome.missingQuestions))")
        }
        var counts = KeyValueList()
        for (name, count) in [
            ("Rows", outcome.rows), ("Added", outcome.added), ("Known already", outcome.known),
            ("Flagged", outcome.flagged), ("Rejected", outcome.rejectedRows),
        ] {
            counts.add(name, NumberText.grouped(Int64(count)))
        }
        output.print(counts)
        if outcome.flagged > 0 {
            output.print("Flagged rows are in: `canvass response list \(survey.name) --flagged` shows them.")
        }
        if !outcome.rejected.isEmpty { output.print("Rejected rows, with reasons: \(rejects, .bold)") }
        if outcome.isInterrupted {
            output.print("\("Stopped on request.", .red) Every row counted above is dealt with, and no other;")
            output.print("run the same command again to go on.")
        }
    }

    /// At most twenty names.
    private static func listed(_ names: [String]) -> String {
        let most = 20
        let rest = names.count > most ? ", and \(names.count - most) more" : ""
        return names.prefix(most).joined(separator: ", ") + rest
    }
}

extension ResponseImportOutcome {
    /// A row with several unreadable cells is listed once for each.
    fileprivate var rejectedRows: Int { Set(rejected.map(\.row)).count }

    /// The table of rejected rows as CSV.
    fileprivate var rejectsTable: [UInt8] {
        var writer = CSVWriter()
        writer.row(["row", "line", "column", "reason"])
        for rejection in rejected {
            writer.row([String(rejection.row), String(rejection.line), rejection.column ?? "", rejection.reason])
        }
        return writer.bytes
    }

    fileprivate func value(rejects: String?) -> Value {
        [
            "rows": Value(rows), "added": Value(added), "known": Value(known), "flagged": Value(flagged),
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
