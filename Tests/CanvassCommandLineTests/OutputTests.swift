import CanvassCoding
import Testing

@testable import CanvassCommandLine

@Suite struct OutputTests {
    private func output(isJSON: Bool, isTerminal: Bool = false) -> (Output, CapturedStream, CapturedStream) {
        let environment = ["NO_COLOR": "1", "LANG": "C.UTF-8"]
        let standard = CapturedStream(isTerminal: isTerminal, columns: 24, environment: environment)
        let errors = CapturedStream(isTerminal: isTerminal, columns: 24, environment: environment)
        return (
            Output(program: "canvass", standard: standard.stream, errors: errors.stream, isJSON: isJSON), standard,
            errors
        )
    }

    @Test func `with --json only the document is on standard output`() {
        let (output, standard, errors) = output(isJSON: true)
        output.print("for people")
        output.note("for people")
        output.emit(["b": 1, "a": ["x\u{9B}"]])
        output.warn("careful")
        #expect(standard.text == "{\n  \"b\": 1,\n  \"a\": [\n    \"x\\u009b\"\n  ]\n}\n")
        #expect(errors.text == "{\"warning\":{\"message\":\"careful\"}}\n")
    }

    @Test func `without --json results and remarks are apart`() {
        let (output, standard, errors) = output(isJSON: false)
        output.print("result")
        output.note("remark")
        output.warn("careful")
        #expect(standard.text == "result\n")
        #expect(errors.text == "remark\ncanvass: warning: careful\n")
    }

    @Test func `a table is cut to the terminal and not in a pipe`() {
        for (isTerminal, expected) in [(true, "A very long title th…"), (false, "A very long title that goes on")] {
            let (output, standard, _) = output(isJSON: false, isTerminal: isTerminal)
            var table = Table([.init("N", .right), .init("Title")])
            table.add(["1", "A very long title that goes on"])
            output.print(table)
            #expect(standard.text == "N  Title\n1  \(expected)\n")
        }
    }

    @Test func `an error cannot bring escape sequences`() {
        let (output, _, errors) = output(isJSON: false)
        output.fail(UserError("bad \u{1B}[2J", place: "a\nb"))
        #expect(errors.text == "canvass: bad \\u{1B}[2J\n  Where: a\\nb\n")
    }

    @Test func `a terminal sees each line at once, a pipe gets blocks`() {
        let terminal = CapturedStream(isTerminal: true)
        let pipe = CapturedStream()
        for _ in 0..<10 {
            terminal.stream.write("line")
            pipe.stream.write("line")
        }
        #expect(terminal.writeCount == 10)
        #expect(pipe.writeCount == 0)
        #expect(pipe.text == String(repeating: "line\n", count: 10))
        #expect(pipe.writeCount == 1)
    }

    @Test func `nothing is written after a write that failed`() {
        let stream = CapturedStream(failure: 28)
        stream.stream.write("first")
        #expect(stream.stream.flush() == 28)
        stream.stream.write("second")
        #expect(stream.stream.flush() == 28)
        #expect(stream.writeCount == 1)
    }
}
