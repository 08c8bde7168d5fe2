import CanvassCommandLine
import Testing

@Suite struct ArgumentParserTests {
    struct Accepted: Sendable, CustomTestStringConvertible {
        let line: String
        let expected: String
        var testDescription: String { line }
    }

    static let accepted: [Accepted] = [
        .init(line: "survey list --limit 7", expected: "limit=7"),
        .init(line: "survey list --limit=7", expected: "limit=7"),
        .init(line: "survey list -n 7", expected: "limit=7"),
        .init(line: "survey list -n7", expected: "limit=7"),
        .init(line: "survey list", expected: "limit=20"),
        .init(line: "survey list --limit 3 --limit 9", expected: "limit=9"),
        .init(line: "survey list -va", expected: "verbose=true all=true"),
        .init(line: "survey list -avn7", expected: "verbose=true all=true limit=7"),
        .init(line: "survey list -avn 7", expected: "verbose=true all=true limit=7"),
        .init(line: "-v survey list", expected: "verbose=true all=false"),
        .init(line: "survey -v list", expected: "verbose=true all=false"),
        .init(line: "survey list --lim 7", expected: "limit=7"),
        .init(line: "survey list --la ar", expected: "language=ar"),
        .init(line: "survey list --language=", expected: "language= "),
        .init(line: "survey list --language --all", expected: "all=false limit=20 language=--all"),
        .init(line: "survey list --format json", expected: "format=json"),
        .init(line: "survey list --filter a -F b --filter=c=d", expected: #"filters=["a", "b", "c=d"]"#),
        .init(line: "survey list --weight 2.5", expected: "weight=2.5"),
        .init(line: "survey list", expected: "weight=none pager=true"),
        .init(line: "survey list --no-pager", expected: "pager=false"),
        .init(line: "survey list --no-p", expected: "pager=false"),
        .init(line: "survey list --no-pager --pager", expected: "pager=true"),
        .init(line: "--replica a.db survey list", expected: "replica=a.db"),
        .init(line: "survey list --replica a.db", expected: "replica=a.db"),
        .init(line: "survey import --goal 4 a.xlsx b.xlsx", expected: #"goal=4 files=["a.xlsx", "b.xlsx"]"#),
        .init(line: "survey import a.xlsx --goal 4 b.xlsx", expected: #"goal=4 files=["a.xlsx", "b.xlsx"]"#),
        .init(line: "survey import --goal 4 - ", expected: #"files=["-"]"#),
        .init(line: "survey show visit", expected: "name=visit column=none"),
        .init(line: "survey show visit 3", expected: "name=visit column=3"),
        .init(line: "say -- -v --json --", expected: #"words=["-v", "--json", "--"]"#),
        .init(line: "say help", expected: #"words=["help"]"#),
        .init(line: "say", expected: "words=[]"),
        .init(line: "conflicts", expected: "conflicts"),
        .init(line: "conflicts settle", expected: "settle"),
    ]

    @Test(arguments: accepted)
    func `a right command line is read`(_ row: Accepted) async {
        let outcome = await RunOutcome.of(row.line.split(separator: " ").map(String.init))
        #expect(outcome.code == .done, "\(outcome.errors)")
        #expect((outcome.record + " ").contains(row.expected), "\(outcome.record)")
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let line: String
        let message: String
        var testDescription: String { line }
    }

    static let refused: [Refused] = [
        .init(line: "survey list --limt 7", message: "--limt is not an option here\n  Try: Did you mean --limit?"),
        .init(
            line: "survey list --zebra",
            message: "--zebra is not an option here\n  Try: See what it takes with `canvass survey list --help`."),
        .init(line: "survey list --l 7", message: "--l is ambiguous\n  Try: Write one of --limit, --language."),
        .init(line: "survey list --=7", message: "-- is not an option here"),
        .init(line: "survey list -x", message: "-x is not an option here"),
        .init(line: "survey list -vx", message: "-x is not an option here"),
        .init(line: "survey list --limit", message: "--limit needs a value: N"),
        .init(line: "survey list -n", message: "-n needs a value: N"),
        .init(line: "survey list --limit many", message: #"--limit: "many" is not a whole number from 1 to 500"#),
        .init(line: "survey list -n 0", message: #"-n: "0" is not a whole number from 1 to 500"#),
        .init(line: "survey list -n 501", message: #"-n: "501" is not"#),
        .init(line: "survey list -n 99999999999999999999", message: #"is not a whole number from 1 to 500"#),
        .init(line: "survey list -n x -n 5", message: #"-n: "x" is not"#),
        .init(line: "survey list --all=yes", message: "--all takes no value"),
        .init(line: "survey list --no-all", message: "--no-all is not an option here"),
        .init(line: "survey list --format jsn", message: #""jsn" is not one of csv, json, xlsx; did you mean json?"#),
        .init(line: "survey list --weight nan", message: #""nan" is not a number from 0.0 to 10.0"#),
        .init(line: "survey list --weight 1e999", message: "is not a number"),
        .init(line: "survey list --since 5", message: #""5" is not a length of time such as 90s"#),
        .init(line: "survey list extra", message: #""extra" is one argument too many for canvass survey list"#),
        .init(line: "survey import --goal 4", message: "FILE is missing"),
        .init(line: "survey import a.xlsx", message: "--goal is missing"),
        .init(line: "survey import --goal 0 a.xlsx", message: "a whole number of at least 1"),
        .init(line: "survey show", message: "NAME is missing"),
        .init(line: "survey show visit x", message: #"COLUMN: "x" is not a whole number from 1 to 9"#),
        .init(line: "survey lst", message: "\"lst\" is not a command of canvass survey\n  Try: Did you mean list?"),
        .init(line: "conflicts setle", message: #""setle" is not a command of canvass conflicts"#),
        .init(line: "help survy", message: "Did you mean survey?"),
        .init(line: "--limit 7 survey list", message: "--limit is not an option here"),
    ]

    @Test(arguments: refused)
    func `a wrong command line names the argument and how to see help`(_ row: Refused) async {
        let outcome = await RunOutcome.of(row.line.split(separator: " ").map(String.init))
        #expect(outcome.code == .usage)
        #expect(outcome.errors.hasPrefix("canvass: "))
        #expect(outcome.errors.contains(row.message), "\(outcome.errors)")
        #expect(outcome.errors.contains("See what it takes with `canvass"))
        #expect(outcome.output.isEmpty)
        #expect(outcome.record.isEmpty)
    }

    @Test func `the command line wins over the environment, and an empty variable is unset`() async {
        let variables = ["CANVASS_REPLICA": "env.db"]
        #expect(await RunOutcome.of(["survey", "list"], environment: variables).record.contains("replica=env.db"))
        let both = await RunOutcome.of(["survey", "list", "--replica", "a.db"], environment: variables)
        #expect(both.record.contains("replica=a.db"))
        let empty = await RunOutcome.of(["survey", "list"], environment: ["CANVASS_REPLICA": ""])
        #expect(empty.record.contains("replica=none"))
    }

    @Test func `an empty path is refused, wherever it comes from`() async {
        let outcome = await RunOutcome.of(["survey", "list", "--replica", ""])
        #expect(outcome.errors.contains("--replica: \"\" is not a path"))
    }

    @Test(arguments: [
        ["--\u{301}"], ["-\u{301}"], ["-"], ["--", "--"], [""], ["survey", "list", "--limit=\u{1B}[2J"], ["-💥n"],
        [String(repeating: "-", count: 10_000)], ["--" + String(repeating: "x", count: 10_000)],
    ])
    func `odd input is a usage error and reaches the terminal escaped`(_ arguments: [String]) async {
        let outcome = await RunOutcome.of(arguments)
        #expect(outcome.code == .usage)
        #expect(!outcome.errors.contains("\u{1B}"))
    }
}
