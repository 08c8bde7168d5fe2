import CanvassCRDT
public import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSurvey

extension Replica {
    /// Imports responses from a table whose columns are questions.
    ///
    /// The same file twice adds nothing: a row's id follows from what identifies it, which is its key or else its content
    /// and its occurrence number among identical rows. Every batch is one durable transaction.
    ///
    /// - Parameters:
    ///   - reader: the file, at its first row.
    ///   - key: the column whose value identifies a row.
    ///   - onProgress: called after each batch with the rows read so far.
    ///   - shouldStop: asked before each batch.
    public func importResponses(
        from reader: inout CSVReader, to survey: Survey, key: String? = nil, batchSize: Int = 500,
        onProgress: (_ rows: Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws(CanvassError) -> ResponseImportOutcome {
        let version = try latestVersion(of: survey)
        let scope = try ownResponsesScope(for: survey)
        let interview = try interview(of: version)
        let environment = try interviewEnvironment()
        var batch: ImportBatch
        do {
            batch = ImportBatch(
                table: try ResponseImport(interview: interview, header: reader.header, environment: environment),
                identities: try RowIdentities(header: reader.header, keyColumn: key), survey: survey.id,
                version: version.id, collector: scope.id)
        } catch {
            throw CanvassError(
                .invalidInput, "The file does not fit the survey \"\(survey.name)\": \(error.place): \(error.reason)",
                remedy: "\(error.remedy.isEmpty ? "Check the header of the file" : error.remedy).")
        }
        while !shouldStop() {
            let isLast = batch.fill(from: &reader, size: batchSize)
            try commit(&batch, to: scope)
            onProgress(batch.outcome.rows)
            if isLast { return batch.outcome }
        }
        batch.outcome.isInterrupted = true
        return batch.outcome
    }

    /// Writes the responses of a batch that are not here yet, deleted ones included: nothing comes back by an import.
    private func commit(_ batch: inout ImportBatch, to scope: ScopeID) throws(CanvassError) {
        let creations = batch.takeResponses().map(\.creation)
        let added = try explaining {
            try store.commit(clockMilliseconds: environment.nowMilliseconds()) { connection in
                try connection.requireWrite(to: scope, what: "responses")
                return try creations.filter { try !connection.holds($0.entity, kind: .response, in: scope) }
                    .map { Edit(scope: scope, edits: [$0]) }
            }.count
        }
        batch.outcome.added += added
        batch.outcome.known += creations.count - added
    }
}

/// Rows on their way into the replica.
private struct ImportBatch {
    private let table: ResponseImport
    private var identities: RowIdentities
    private let survey: EntityID
    private let version: EntityID
    private let collector: EntityID
    private var responses: [Response] = []
    var outcome = ResponseImportOutcome()

    init(
        table: ResponseImport, identities: RowIdentities, survey: EntityID, version: EntityID, collector: EntityID
    ) {
        self.table = table
        self.identities = identities
        self.survey = survey
        self.version = version
        self.collector = collector
        outcome.unknownColumns = table.unknownColumns
        outcome.missingQuestions = table.missingQuestions
    }

    /// - Returns: whether the file has ended.
    mutating func fill(from reader: inout CSVReader, size: Int) -> Bool {
        for _ in 0..<size {
            guard let row = reader.next() else { return true }
            outcome.rows += 1
            switch row.result {
            case .failure(let error): reject(row, column: nil, error.description)
            case .success(let fields): add(fields, of: row)
            }
        }
        return false
    }

    mutating func takeResponses() -> [Response] {
        defer { responses = [] }
        return responses
    }

    private mutating func add(_ fields: [String], of row: CSVRow) {
        do {
            let imported = try table.row(fields).get()
            let identity = try identities.identity(of: fields, rowNumber: row.number).get()
            if !imported.findings.isEmpty { outcome.flagged += 1 }
            responses.append(
                Response(
                    id: EntityID(survey: survey, identity: identity), survey: survey, version: version,
                    collector: collector, language: nil, finishedMilliseconds: nil, answers: imported.answers,
                    findings: imported.findings.map { "\($0.question): \($0.message)" }))
        } catch {
            for cell in error.cells {
                reject(row, column: cell.column.isEmpty ? nil : cell.column, "\(cell.reason); \(cell.remedy)")
            }
        }
    }

    private mutating func reject(_ row: CSVRow, column: String?, _ reason: String) {
        outcome.rejected.append(.init(row: row.number, line: row.line, column: column, reason: reason))
    }
}

extension EntityID {
    /// The id of an imported response: the survey's own time, and bits of a hash keyed by the survey's id, so that a file
    /// gives the same ids wherever it is imported, and nobody outside the campaign can guess one.
    fileprivate init(survey: EntityID, identity: [UInt8]) {
        let hash = HMAC.sha256(key: survey.bytes, message: identity)
        self.init(milliseconds: survey.milliseconds, random: (hash.words.0, hash.words.1))
    }
}
