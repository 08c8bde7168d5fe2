import CanvassCoding
import CanvassCommandLine
import CanvassRelay

/// What the commands that make links have in common.
enum LinkOptions {
    static let expires = Option(
        "expires", .duration, default: .seconds(14 * 86_400), "How long the link works.")
    static let noCode = Option(flag: "no-qr", "Print no QR code on a terminal.")

    static func validMilliseconds(_ arguments: ParsedArguments) -> Int64 {
        let (seconds, _) = arguments[expires].components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : milliseconds
    }

    /// Prints a link, and its QR code where the terminal can show one.
    static func show(_ invite: IssuedInvite, _ arguments: ParsedArguments, _ output: Output) {
        output.print("\(invite.link)")
        if !arguments[noCode], let code = QRCode(Array(invite.link.utf8)), output.canShow(code) {
            output.print(StyledText(code))
        }
        output.note("join with: canvass join '\(invite.link)'")
    }
}
