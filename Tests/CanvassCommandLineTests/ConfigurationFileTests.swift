import Testing

@testable import CanvassCommandLine

@Suite struct ConfigurationFileTests {
    private static let config = Option("config", .path, "Options in a file.")
    private static let port = Option("port", .integer(in: 0...9), default: 1, environment: "PORT", "A port.")
    private static let names = Option(repeating: "name", .text, "Names.")
    private static let isLoud = Option(flag: "loud", "Say more.")
    private static let other = Option("other", .text, "Another command's.")

    private func run(
        _ arguments: [String], file: String, environment: [String: String] = [:]
    ) throws(UserError) -> String {
        let serve = Command(
            "serve", "Serve.", examples: [Example("x serve", "Serves.")],
            options: [Self.config, Self.port, Self.names, Self.isLoud]
        ) { _, _ in .done }
        let list = Command(
            "list", "List.", examples: [Example("x list", "Lists.")], options: [Self.other]
        ) { _, _ in .done }
        let program = Program(
            root: Command("x", "Test.", examples: [Example("x", "Tests.")], subcommands: [serve, list]), version: "1",
            configuration: ConfigurationFile(option: Self.config) { _ in file })
        let invocation = try ArgumentParser.parse(arguments, of: program, environment: Environment(environment))
        guard case .run(_, let parsed) = invocation else { return "nothing" }
        return "\(parsed[Self.port]) \(parsed[Self.names]) \(parsed[Self.isLoud])"
    }

    @Test func `what stands in the file counts where nothing else was said`() throws {
        let file = "# for people\n\n  port = 5 \nname = a = b\nname=\nloud = true\r\nother = passed over\n"
        #expect(try run(["serve", "--config", "f"], file: file) == #"5 ["a = b", ""] true"#)
        #expect(try run(["serve", "--config", "f", "--port", "7"], file: file) == #"7 ["a = b", ""] true"#)
        #expect(try run(["serve", "--config", "f"], file: file, environment: ["PORT": "3"]).hasPrefix("3 "))
        #expect(try run(["serve"], file: "nonsense") == "1 [] false", "a file that was not named is not read")
    }

    @Test(arguments: [
        ("prot = 5", "f, line 2", "port"), ("port 5", "f, line 2", "NAME = VALUE"),
        ("port = 5\nport = 6", "f, line 3", "Remove"), ("config = g", "f, line 2", ""),
    ])
    func `what is no option is named with its line`(lines: String, place: String, remedy: String) {
        #expect {
            _ = try run(["serve", "--config", "f"], file: "#\n" + lines)
        } throws: { error in
            guard let error = error as? UserError else { return false }
            return error.place == place && error.remedy.contains(remedy) && error.exitCode == .usage
        }
    }

    @Test(arguments: ["port = ten", "loud = maybe"])
    func `a value that does not fit is named with its line`(line: String) {
        #expect {
            _ = try run(["serve", "--config", "f"], file: line)
        } throws: { error in
            (error as? UserError)?.what.hasPrefix("f, line 1: ") == true
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("512", 512), ("64KB", 65_536), ("20mb", 20 << 20), ("1.5GB", 3 << 29), ("2TB", 2 << 40),
            ("", nil), ("KB", nil), ("-1", nil), ("1.5", nil), ("1e3KB", nil), ("99999999TB", nil), ("1 KB", nil),
        ] as [(String, Int64?)])
    func `numbers of bytes are read as people write them`(text: String, bytes: Int64?) {
        #expect(ByteCountText.parse(text) == bytes)
    }

    @Test func `numbers of bytes are written in the greatest unit`() {
        #expect(
            [0, 1023, 1024, 1536, 64 << 20, 3 << 29].map(ByteCountText.format) == [
                "0", "1023", "1KB", "1.5KB", "64MB", "1.5GB",
            ])
    }
}
