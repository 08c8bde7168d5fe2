import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassSQLite

/// `canvass query`
enum QueryCommand {
    private static let sql = Positional("SQL", .text, "One statement that reads.")
    private static let limit = Option("limit", short: "n", .integer(in: 1 ... .max), "Return at most N rows.")

    static let command = Command(
        "query", "Read the replica with SQL.",
        discussion: """
            Every published survey has a view responses_SURVEY with one column a question. Nothing can be changed.

            Ids are shown as everywhere else; other binary values as Base64. A missing value is empty in the table and \
            null in JSON.

            The file also holds the keys with which this device syncs: give results away, never the file.
            """,
        examples: [
            Example(
                "canvass query 'SELECT _id, recommend FROM responses_visit' --limit 10", "Ten answers to one question."),
            Example(
                "canvass query \"SELECT name FROM sqlite_schema WHERE type = 'view'\"", "List the views that there are."
            ),
        ],
        options: [limit], positionals: [sql], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let result = try ReplicaLocation.open(arguments).query(arguments[sql], rowLimit: arguments[limit] ?? .max)
        if output.isJSON {
            output.emit(result.value)
        } else {
            var table = Table(
                result.columns.indices.map { column in
                    Table.Column(result.columns[column], result.isNumeric(column) ? .right : .left)
                })
            for row in result.rows { table.add(row.map { StyledText($0.text) }) }
            output.print(table)
        }
        if result.isTruncated { output.note("There are more rows; --limit says how many are returned.") }
        return .done
    }
}

extension QueryResult {
    /// Whether a column holds numbers and nothing else.
    fileprivate func isNumeric(_ column: Int) -> Bool {
        rows.contains { $0[column].isNumber } && rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
    }

    /// One object a row. A column whose name an earlier one has gets its number behind it: an object has no two members
    /// of one name.
    fileprivate var value: Value {
        var names: [String] = []
        var known: Set<String> = []
        for column in columns {
            var name = column
            var number = 2
            while !known.insert(name).inserted {
                name = "\(column)_\(number)"
                number += 1
            }
            names.append(name)
        }
        return .list(rows.map { row in .map(zip(names, row).map { Value.Member($0, $1.value) }) })
    }
}

extension SQLiteValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .real: true
        case .null, .text, .blob: false
        }
    }

    fileprivate var text: String {
        switch self {
        case .null: ""
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        case .text(let text): text
        case .blob(let bytes): bytes.identifierOrBase64
        }
    }

    fileprivate var value: Value {
        switch self {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .real(let real): .number(real)
        case .text(let text): .text(text)
        case .blob(let bytes): .text(bytes.identifierOrBase64)
        }
    }
}

extension [UInt8] {
    /// Ids are sixteen bytes, those of replicas eight, and both are shown as everywhere else.
    fileprivate var identifierOrBase64: String {
        (try? EntityID(bytes: self))?.description ?? (try? ReplicaID(bytes: self))?.description
            ?? Base64URL.encode(self)
    }
}
