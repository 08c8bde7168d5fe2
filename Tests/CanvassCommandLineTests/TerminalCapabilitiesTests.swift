import CanvassCommandLine
import Testing

@Suite struct TerminalCapabilitiesTests {
    @Test(
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (false, ["CLICOLOR_FORCE": "1"], true),
            (false, ["CLICOLOR_FORCE": "0"], false),
            (true, ["TERM": "dumb", "CLICOLOR_FORCE": "1"], true),
            (false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
        ] as [(Bool, [String: String], Bool)])
    func `colour is for terminals, and people decide`(
        _ isTerminal: Bool, _ variables: [String: String], _ expected: Bool
    ) {
        let capabilities = TerminalCapabilities(
            isTerminal: isTerminal, windowColumns: nil, environment: Environment(variables))
        #expect(capabilities.hasColor == expected)
    }

    @Test(
        arguments: [
            (true, 120, [:], 120), (true, 120, ["COLUMNS": "70"], 120), (true, nil, ["COLUMNS": "70"], 70),
            (true, nil, ["COLUMNS": "wide"], 80), (true, nil, ["COLUMNS": "0"], 80), (true, nil, ["COLUMNS": "-4"], 80),
            (true, nil, [:], 80), (false, nil, ["COLUMNS": "70"], 80),
        ] as [(Bool, Int?, [String: String], Int)])
    func `the width is the window's, then the variable's, then 80`(
        _ isTerminal: Bool, _ window: Int?, _ variables: [String: String], _ expected: Int
    ) {
        let capabilities = TerminalCapabilities(
            isTerminal: isTerminal, windowColumns: window, environment: Environment(variables))
        #expect(capabilities.columns == expected)
    }

    @Test(
        arguments: [
            ([:], false), (["LANG": "en_GB.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "POSIX"], false),
            (["LC_ALL": "C", "LANG": "en_GB.UTF-8"], false), (["LC_CTYPE": "ro_RO.UTF-8", "LANG": "C"], true),
        ] as [([String: String], Bool)])
    func `the locale says whether block characters can be shown`(_ variables: [String: String], _ expected: Bool) {
        let capabilities = TerminalCapabilities(
            isTerminal: true, windowColumns: nil, environment: Environment(variables))
        #expect(capabilities.isUTF8 == expected)
    }

    @Test func `a pipe is no terminal`() {
        #expect(!TerminalCapabilities.detect(descriptor: -1).isTerminal)
    }
}
