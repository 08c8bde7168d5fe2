import CanvassCoding
import Testing

@testable import CanvassCommandLine

@Suite struct QRPictureTests {
    @Test func `each line has its own colours, and the quiet zone is light`() throws {
        let code = try #require(QRCode([0x61]))
        let lines = StyledText(code).rendered(hasColor: true).split(separator: "\n")
        #expect(lines.count == (21 + 8 + 1) / 2)
        for line in lines {
            #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
        }
        let plain = StyledText(code).plain.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(plain.allSatisfy { $0.count == StyledText.width(of: code) })
        for line in [plain[0], plain[1]] { #expect(line.allSatisfy { $0 == " " }) }
        // The upper edge of a finder, and the row below it.
        #expect(plain[2].dropFirst(4).prefix(7) == "█▀▀▀▀▀█")
    }

    @Test(arguments: [
        (true, true, true, 80, true), (false, true, true, 80, false), (true, false, true, 80, false),
        (true, true, false, 80, false), (true, true, true, 28, false), (true, true, true, 29, true),
    ])
    func `it is shown where it can be read`(
        isTerminal: Bool, hasColor: Bool, isUTF8: Bool, columns: Int, isShown: Bool
    ) throws {
        var capabilities = TerminalCapabilities(
            isTerminal: isTerminal, windowColumns: columns, environment: Environment([:]))
        (capabilities.hasColor, capabilities.isUTF8, capabilities.columns) = (hasColor, isUTF8, columns)
        let stream = TextStream(capabilities: capabilities) { _ in 0 }
        let code = try #require(QRCode([0x61]))
        #expect(Output(program: "x", standard: stream, errors: stream, isJSON: false).canShow(code) == isShown)
        #expect(!Output(program: "x", standard: stream, errors: stream, isJSON: true).canShow(code))
    }
}
