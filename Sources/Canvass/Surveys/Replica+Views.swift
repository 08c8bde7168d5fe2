import CanvassCRDT
import CanvassSQLite
import CanvassStore
import CanvassSurvey

/// SQL as an interface: for each published survey a view `responses_<name>` with one column a question, so that
/// `canvass query` and every SQLite tool read the same data.
extension Replica {
    /// Makes the views again when the design scopes are not in the state that they were made for.
    func refreshViewsIfNeeded() throws(CanvassError) {
        guard !isReadOnly else { return }
        let state = try read { connection in try connection.designState() }
        let current = try read { connection in try connection.metaText(.views) }
        guard state != current else { return }
        let definitions = try viewDefinitions()
        try explaining {
            try store.database.write { connection in
                for name in try connection.surveyViews() { try connection.execute("DROP VIEW \(quoted(name))") }
                for (name, sql) in definitions { try connection.execute("CREATE VIEW \(quoted(name)) AS \(sql)") }
                try connection.setMeta(.views, .text(state))
            }
        }
    }

    private func viewDefinitions() throws(CanvassError) -> [(name: String, sql: String)] {
        var definitions: [(name: String, sql: String)] = []
        // By age, so that a survey keeps its view when another of nearly the same name is published.
        for survey in try surveys().sorted(by: { $0.id < $1.id }) {
            guard let form = try readableForm(of: survey) else { continue }
            let name = "responses_\(survey.name)"
            // SQL names do not tell upper from lower case; a second survey of that name is read by its id. So is one whose
            // name no form can have.
            let isTaken = definitions.contains { $0.name.lowercased() == name.lowercased() }
            definitions.append(
                (isTaken || !isPrintable(name) ? "responses_\(survey.id)" : name, survey.viewQuery(form: form)))
        }
        return definitions
    }
}

extension Survey {
    /// The query behind the view: one row a living response, its own columns before those of the questions.
    fileprivate func viewQuery(form: Form) -> String {
        var columns = [
            "\(SchemaViews.idText(of: "entity.entity")) AS _id", "member.name AS _collector",
            "json_extract(fields, '$.\"@language\"') AS _language",
            "json_extract(fields, '$.\"@version\"') AS _version",
            "json_extract(fields, '$.\"@finished\"') AS _finished",
            "json_extract(fields, '$.\"@findings\"') AS _findings",
        ]
        for question in form.questions {
            guard let answer = answerColumn(question.name) else { continue }
            columns.append("\(answer) AS \(quoted(question.name))")
        }
        return """
            SELECT \(columns.joined(separator: ", "))
            FROM entity JOIN scope ON scope.id = entity.scope LEFT JOIN member ON member.id = scope.owner
            WHERE entity.kind = (SELECT id FROM term WHERE text = 'response') AND entity.is_alive
                AND json_extract(fields, '$."@survey"') = '\(id)'
            """
    }
}

extension Connection {
    /// The digests of the design scopes as one text: views depend on nothing else.
    fileprivate mutating func designState() throws -> String {
        var statement = try cached("SELECT id, digest FROM scope WHERE kind = 'design' ORDER BY id")
        defer { statement.reset() }
        var state: [String] = []
        while try statement.step() { state.append("\(statement.int64(at: 0)):\(statement.int64(at: 1))") }
        return state.joined(separator: " ")
    }

    fileprivate mutating func surveyViews() throws -> [String] {
        var statement = try cached(
            "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'responses\\_%' ESCAPE '\\'")
        defer { statement.reset() }
        var names: [String] = []
        while try statement.step() { names.append(statement.text(at: 0)) }
        return names
    }
}

/// The SQL that reads the answer to a question; nil for a name that no question can have. Names come from whoever
/// published the form, so they are written as data.
func answerColumn(_ question: String) -> String? {
    guard isPrintable(question), !question.utf8.contains(UInt8(ascii: "\"")) else { return nil }
    let path = question.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    return "json_extract(fields, '$.\"\(path)\"')"
}

/// Whether a text holds no control characters; SQL text ends at a NUL.
private func isPrintable(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 }
}

/// A name as SQL writes it.
func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
