import CanvassCommandLine
import Synchronization

/// A program with one of everything, for the tests of this target.
enum Sample {
    enum Format: String, CaseIterable, Sendable {
        case csv, json, xlsx
    }

    struct UnknownToProgram: Error {}
    struct KnownToProgram: Error {}

    static let replica = Option(
        "replica", .path, environment: "CANVASS_REPLICA", "The replica to work on.")
    static let verbose = Option(flag: "verbose", short: "v", "Say more.")
    static let all = Option(flag: "all", short: "a", "Include what is archived.")
    static let limit = Option("limit", short: "n", .integer(in: 1...500), default: 20, "List at most N surveys.")
    static let language = Option("language", .text, placeholder: "CODE", "Show labels in this language.")
    static let format = Option("format", short: "f", .choice(of: Format.self), default: .csv, "How to write it.")
    static let filters = Option(repeating: "filter", short: "F", .text, "Keep what matches.")
    static let since = Option("since", .duration, default: .seconds(5400), "How far back to look.")
    static let weight = Option("weight", .number(in: 0...10), "Weight of the answers.")
    static let pager = Option(flag: "pager", default: true, negatable: true, "Page long listings.")
    static let goal = Option(required: "goal", .integer(in: 1 ... .max), "Responses to reach.")
    static let name = Positional("NAME", .text, "Which survey.")
    static let column = Positional(optional: "COLUMN", .integer(in: 1...9), "Which column.")
    static let files = Positional(repeating: "FILE", .path, atLeast: 1, "The workbooks to read.")
    static let words = Positional(repeating: "WORD", .text, "What to say.")

    /// What the last run command was given, as lines of text.
    final class Record: Sendable {
        private let text = Mutex("")
        var value: String { text.withLock { $0 } }
        func set(_ value: String) { text.withLock { $0 = value } }
    }

    static func program(_ record: Record = Record()) -> Program {
        Program(
            root: root(record), version: "1.2.3", commonOptions: [replica],
            explain: { $0 is KnownToProgram ? UserError("known", exitCode: .findings) : nil })
    }

    private static func root(_ record: Record) -> Command {
        Command(
            "canvass", "Collect feedback with no network and merge it later.",
            examples: [Example("canvass survey list", "Lists the surveys of this replica.")], options: [verbose],
            subcommands: [survey(record), say(record), conflicts(record)])
    }

    private static func survey(_ record: Record) -> Command {
        let list = Command(
            "list", "List surveys.",
            discussion: """
                Surveys are listed in the order in which they were created, with the number of responses that this \
                replica holds.

                Those of other campaigns are left out.
                """,
            examples: [
                Example("canvass survey list --limit 5", "Lists five surveys."),
                Example("canvass survey list -f json", "Lists them for another program."),
            ],
            options: [all, limit, language, format, filters, since, weight, pager]
        ) { arguments, _ in
            record.set(
                """
                replica=\(arguments[replica] ?? "none") verbose=\(arguments[verbose]) all=\(arguments[all]) \
                limit=\(arguments[limit]) language=\(arguments[language] ?? "none") \
                format=\(arguments[format].rawValue) filters=\(arguments[filters]) \
                weight=\(arguments[weight].map { "\($0)" } ?? "none") pager=\(arguments[pager])
                """)
            return .done
        }
        let load = Command(
            "import", "Read surveys.", examples: [Example("canvass survey import --goal 9 visit.xlsx", "Reads one.")],
            options: [goal], positionals: [files]
        ) { arguments, _ in
            record.set("goal=\(arguments[goal]) files=\(arguments[files])")
            return .done
        }
        let show = Command(
            "show", "Show a survey.", examples: [Example("canvass survey show visit 2", "Shows column 2.")],
            positionals: [name, column]
        ) { arguments, _ in
            record.set("name=\(arguments[name]) column=\(arguments[column].map { "\($0)" } ?? "none")")
            return .done
        }
        return Command(
            "survey", "Work on surveys.", examples: [Example("canvass survey list", "Lists surveys.")],
            subcommands: [list, load, show])
    }

    private static func say(_ record: Record) -> Command {
        Command(
            "say", "Say words, or fail in the way they name.", examples: [Example("canvass say hello", "Greets.")],
            positionals: [words]
        ) { arguments, output in
            let words = arguments[words]
            record.set("words=\(words)")
            switch words.first {
            case "user-error":
                throw UserError(code: "test", "it broke", place: "here", why: "because", remedy: "Fix it.")
            case "unknown-error": throw UnknownToProgram()
            case "known-error": throw KnownToProgram()
            case "findings": return .findings
            default: break
            }
            output.print("\(words.joined(separator: " "))")
            return .done
        }
    }

    private static func conflicts(_ record: Record) -> Command {
        let settle = Command("settle", "Settle one.", examples: [Example("canvass conflicts settle", "Settles.")]) {
            _, _ in
            record.set("settle")
            return .done
        }
        return Command(
            "conflicts", "List conflicts.", examples: [Example("canvass conflicts", "Lists them.")],
            subcommands: [settle]
        ) { _, _ in
            record.set("conflicts")
            return .done
        }
    }
}
