package import CanvassCRDT
package import CanvassCoding
package import CanvassSQLite

/// An interview that is not finished, as its row holds it.
///
/// Invariants:
/// 1. A row is in the file, or the change that it became, or neither; never both: `ReplicaStore.commit` takes the row and
///    writes the change in one transaction.
/// 2. A row leaves the file in no other way; no sync reads the table.
package struct StoredDraft: Sendable, Hashable {
    /// The id of the response that the draft becomes.
    package let id: EntityID
    package let survey: EntityID
    /// The version that the interview was begun with.
    package let version: EntityID
    package let language: String?
    package let startedMilliseconds: Int64
    package var savedMilliseconds: Int64
    package var answers: [Value.Member]

    package init(
        id: EntityID, survey: EntityID, version: EntityID, language: String?, startedMilliseconds: Int64,
        answers: [Value.Member]
    ) {
        self.id = id
        self.survey = survey
        self.version = version
        self.language = language
        self.startedMilliseconds = startedMilliseconds
        savedMilliseconds = startedMilliseconds
        self.answers = answers
    }
}

extension Connection {
    /// Every draft, the oldest first.
    package mutating func drafts() throws -> [StoredDraft] {
        var statement = try cached(
            "SELECT id, survey, version, language, started, saved, answers FROM draft ORDER BY row")
        defer { statement.reset() }
        var drafts: [StoredDraft] = []
        while try statement.step() { drafts.append(try StoredDraft(row: statement)) }
        return drafts
    }

    package mutating func draft(_ id: EntityID) throws -> StoredDraft? {
        var statement = try cached(
            "SELECT id, survey, version, language, started, saved, answers FROM draft WHERE id = ?1")
        try statement.bind(id.bytes, at: 1)
        defer { statement.reset() }
        return try statement.step() ? StoredDraft(row: statement) : nil
    }

    package mutating func insert(_ draft: StoredDraft) throws {
        try run(
            """
            INSERT INTO draft (id, survey, version, language, started, saved, answers)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .blob(draft.id.bytes), .blob(draft.survey.bytes), .blob(draft.version.bytes),
            draft.language.map { .text($0) } ?? .null, .integer(draft.startedMilliseconds),
            .integer(draft.savedMilliseconds), .text(JSON.encode(.map(draft.answers))))
    }

    /// Writes the answers of a draft that is in the file.
    package mutating func save(_ draft: StoredDraft) throws {
        try run(
            "UPDATE draft SET saved = ?2, answers = ?3 WHERE id = ?1", .blob(draft.id.bytes),
            .integer(draft.savedMilliseconds), .text(JSON.encode(.map(draft.answers))))
    }

    /// - Returns: whether it was there.
    package mutating func removeDraft(_ id: EntityID) throws -> Bool {
        try run("DELETE FROM draft WHERE id = ?1", .blob(id.bytes))
        return changes > 0
    }
}

extension StoredDraft {
    fileprivate init(row: borrowing Statement) throws {
        let id = try EntityID(bytes: row.bytes(at: 0))
        guard let answers = try JSON.decode(row.bytes(at: 6)).mapValue else {
            throw StoreError.damaged("the draft \(id)")
        }
        self.init(
            id: id, survey: try EntityID(bytes: row.bytes(at: 1)), version: try EntityID(bytes: row.bytes(at: 2)),
            language: row.isNull(at: 3) ? nil : row.text(at: 3), startedMilliseconds: row.int64(at: 4),
            answers: answers)
        savedMilliseconds = row.int64(at: 5)
    }
}
