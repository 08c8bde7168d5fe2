import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// `canvass-relay recovery-sheet`
enum RecoverySheetCommand {
    static let command = Command(
        "recovery-sheet", "Print what makes a new relay the same relay again.",
        discussion: """
            A relay that lost its disk, and every backup, is made again from this sheet by `canvass-relay serve --recover`. \
            The devices then bring everything back that they may prove, other people's changes included.

            Whoever has the sheet can make seals and certificates of the organisation: keep it like a key, away from the relay.
            """,
        examples: [Example("canvass-relay recovery-sheet > sheet.txt", "To print and put away.")],
        options: RelayPlace.options, run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let sheet = try RelayPlace(arguments).open().recoverySheet
        if output.isJSON { output.emit(["recoverySheet": .text(sheet.line)]) }
        output.print(StyledText(lines: text(sheet)))
        return .done
    }

    static func text(_ sheet: RecoverySheet) -> String {
        """
        Recovery sheet. Keep it like a key, away from the relay: with it, a relay that lost its disk is made again by
        `canvass-relay serve --recover FILE`, where FILE holds the next line.
        \(sheet.line)
        """
    }
}
