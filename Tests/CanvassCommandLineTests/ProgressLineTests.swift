import Foundation
import Synchronization
import Testing

@testable import CanvassCommandLine

@Suite struct ProgressLineTests {
    final class Clock: Sendable {
        private let moment = Mutex(Duration.zero)
        var now: @Sendable () -> Duration { { self.moment.withLock { $0 } } }
        func advance(_ step: Duration) { moment.withLock { $0 += step } }
    }

    static let erase = "\r\u{1B}[2K"

    @Test func `a terminal shows one line, ten times a second at most, and none at the end`() {
        let clock = Clock()
        let captured = CapturedStream(isTerminal: true)
        let progress = ProgressLine("Importing", total: 400, unit: "rows", stream: captured.stream, now: clock.now)
        for _ in 0..<200 {
            clock.advance(.milliseconds(10))
            progress.advance()
        }
        #expect(captured.writeCount == 20)
        progress.finish()
        let frames = captured.text.components(separatedBy: Self.erase)
        #expect(frames[1] == "Importing: 10 of 400 rows, 2 %, 100/s, 4 s left")
        #expect(frames[20] == "Importing: 200 of 400 rows, 50 %, 100/s, 2 s left")
        #expect(frames.last == "")
        #expect(frames.count == 22)
    }

    @Test func `a pipe gets a line every five seconds and nothing for short work`() {
        let clock = Clock()
        let captured = CapturedStream()
        let progress = ProgressLine("Sending", total: nil, unit: "changes", stream: captured.stream, now: clock.now)
        for second in 1...12 {
            clock.advance(.seconds(1))
            progress.update(to: Int64(second) * 1500)
            if second == 4 { #expect(captured.text.isEmpty) }
        }
        progress.finish()
        #expect(captured.text == "Sending: 7,500 changes, 1,500/s\nSending: 15,000 changes, 1,500/s\n")
    }

    @Test func `other lines go above the progress line`() {
        let clock = Clock()
        let captured = CapturedStream(isTerminal: true)
        let progress = ProgressLine("Reading", total: nil, unit: "rows", stream: captured.stream, now: clock.now)
        clock.advance(.seconds(2))
        progress.update(to: 1)
        captured.stream.write("remark")
        progress.finish()
        let line = "Reading: 1 rows, 0.5/s"
        #expect(captured.text == Self.erase + line + Self.erase + "remark\n" + line + Self.erase)
    }

    @Test func `results on the same terminal take the progress line away first`() {
        let clock = Clock()
        let errors = CapturedStream(isTerminal: true)
        let standard = CapturedStream(isTerminal: true)
        let output = Output(program: "canvass", standard: standard.stream, errors: errors.stream, isJSON: false)
        let progress = ProgressLine("Reading", total: nil, unit: "rows", stream: errors.stream, now: clock.now)
        clock.advance(.seconds(1))
        progress.update(to: 3)
        output.print("result")
        let line = "Reading: 3 rows, 3.0/s"
        #expect(errors.text == Self.erase + line + Self.erase + line)
        #expect(standard.text == "result\n")
        progress.finish()
    }

    @Test func `a dropped progress line leaves no trace`() {
        let clock = Clock()
        let captured = CapturedStream(isTerminal: true)
        do {
            let progress = ProgressLine("Reading", total: 5, unit: "rows", stream: captured.stream, now: clock.now)
            clock.advance(.seconds(1))
            progress.advance()
        }
        #expect(captured.text.hasSuffix(Self.erase))
    }

    @Test func `it is cut to the width of the terminal`() {
        let clock = Clock()
        let captured = CapturedStream(isTerminal: true, columns: 20)
        let progress = ProgressLine("Importing", total: 9, unit: "responses", stream: captured.stream, now: clock.now)
        clock.advance(.seconds(1))
        progress.advance()
        #expect(captured.text == Self.erase + "Importing: 1 of 9 …")
        progress.finish()
    }

    @Test func `absurd counts do not trap`() {
        let clock = Clock()
        let captured = CapturedStream()
        let progress = ProgressLine("Reading", total: 3, unit: "rows", stream: captured.stream, now: clock.now)
        progress.advance(by: .max)
        clock.advance(.seconds(6))
        progress.advance(by: .max)
        #expect(captured.text.hasPrefix("Reading: 9,223,372,036,854,775,807 of 3 rows, 100 %"))
        clock.advance(.seconds(6))
        progress.update(to: .min)
        #expect(captured.text.contains("Reading: -9,223,372,036,854,775,808 of 3 rows, 0 %\n"))
    }

    @Test(arguments: [
        (0.2, "1 s"), (59, "59 s"), (125, "2 min 5 s"), (6000, "1 h 40 min"), (273_600, "3 d 4 h"),
        (1e300, "106,751,991,167,300 d 15 h"),
    ])
    func `time left is rough`(_ seconds: Double, _ expected: String) {
        #expect(NumberText.roughDuration(seconds: seconds) == expected)
    }
}
