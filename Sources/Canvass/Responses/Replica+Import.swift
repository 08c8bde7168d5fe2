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
                identities: try RowIdentities(header: reader.header, keyColumn: key), isKeyed: key != nil,
                survey: survey.id, version: version.id, collector: scope.id)
        } catch {
            throw CanvassError(
                .invalidInput, "The file does not fit the survey \"\(survey.name)\": \(error.place): \(error.reason)",
                remedy: "\(error.remedy.isEmpty ? "Check the header of the file" : error.remedy).")
        }
        guard batch.outcome.unknownColumns.count < reader.header.count else {
            throw CanvassError(
                .invalidInput, "The file has none of the questions of the survey \"\(survey.name)\" as a column",
                remedy: "Its first line must name the questions; 'canvass survey show \(survey.name)' lists them.")
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

    /// Writes the responses of a batch that are not here yet, deleted and erased ones included: nothing comes back by an import.
    private func commit(_ batch: inout ImportBatch, to scope: ScopeID) throws(CanvassError) {
        let entries = batch.takeEntries()
        let held = HeldRows()
        let added = try explaining {
            try store.commit(clockMilliseconds: environment.nowMilliseconds()) { connection in
                try connection.requireWrite(to: scope, what: "responses")
                var edits: [Edit] = []
                for (index, entry) in entries.enumerated() {
                    if let state = try connection.state(of: entry.response.id, kind: .response, in: scope) {
                        held.note(index, isChanged: state.differs(from: entry.response))
                    } else if try connection.isErased(entry.response.id, in: scope) {
                        held.noteErased()
                    } else {
                        edits.append(Edit(scope: scope, edits: [entry.response.creation]))
                    }
                }
                return edits
            }.count
        }
        batch.outcome.added += added
        batch.settle(entries, held)
    }
}

/// Which rows of a batch were here already, as the transaction found them.
private final class HeldRows {
    private(set) var changed: Set<Int> = []
    private(set) var known = 0
    private(set) var erased = 0

    func noteErased() { erased += 1 }

    func note(_ index: Int, isChanged: Bool) {
        if isChanged { changed.insert(index) } else { known += 1 }
    }
}

extension EntityState {
    /// Whether the row that a response was imported from by its key has other content now.
    fileprivate func differs(from response: Response) -> Bool {
        guard let hash = response.importedHash, let stored = value(of: ResponseField.importedHash) else { return false }
        return stored != .integer(hash)
    }
}

/// Rows on their way into the replica.
private struct ImportBatch {
    private let table: ResponseImport
    private var identities: RowIdentities
    private let survey: EntityID
    private let version: EntityID
    private let collector: EntityID
    private let isKeyed: Bool
    private var entries: [Entry] = []

    /// A response to be, with the row that it comes from.
    struct Entry {
        let row: CSVRow
        let response: Response
    }

    /// Room left for a change's head, which lists the branches seen since the change before.
    static let largestHeadBytes = 4096
    var outcome = ResponseImportOutcome()

    init(
        table: ResponseImport, identities: RowIdentities, isKeyed: Bool, survey: EntityID, version: EntityID,
        collector: EntityID
    ) {
        self.table = table
        self.isKeyed = isKeyed
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

    mutating func takeEntries() -> [Entry] {
        defer { entries = [] }
        return entries
    }

    /// Counts what was here already. A row whose key is known with other content is not dropped in silence.
    mutating func settle(_ entries: [Entry], _ held: HeldRows) {
        outcome.known += held.known
        outcome.erased += held.erased
        for index in held.changed.sorted() {
            reject(
                entries[index].row, column: nil,
                "the key was imported before with other answers, which were kept; edit the response "
                    + "\(entries[index].response.id) to change them")
        }
        outcome.rejected.sort { $0.row < $1.row }
    }

    private mutating func add(_ fields: [String], of row: CSVRow) {
        do {
            let imported = try table.row(fields).get()
            let identity = try identities.identity(of: fields, rowNumber: row.number).get()
            let hash = isKeyed ? SipHash.hash(CBOR.encode(imported.answers.value)) : nil
            let response = Response(
                id: EntityID(survey: survey, identity: identity), survey: survey, version: version,
                collector: collector, language: nil, finishedMilliseconds: nil, answers: imported.answers,
                findings: imported.findings.map(\.text), importedHash: hash.map { Int64(bitPattern: $0) })
            if let bytes = response.bytesBeyondLimit(rowBytes: fields.reduce(0) { $0 + $1.utf8.count }) {
                reject(row, column: nil, "the row makes \(bytes) bytes; shorten its longest text")
                return
            }
            if !imported.findings.isEmpty { outcome.flagged += 1 }
            entries.append(Entry(row: row, response: response))
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

extension Response {
    /// How many bytes its creation has, where they do not fit one change beside its head; nil where they do.
    ///
    /// - Parameter rowBytes: of the row's texts: only what comes near the limit is worth encoding to know.
    fileprivate func bytesBeyondLimit(rowBytes: Int) -> Int? {
        let limit = ChangeLimits.maximumBytes - ImportBatch.largestHeadBytes
        guard rowBytes > limit / 8 else { return nil }
        let bytes = ChangeBody(edits: [creation]).encoded.count
        return bytes > limit ? bytes : nil
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
