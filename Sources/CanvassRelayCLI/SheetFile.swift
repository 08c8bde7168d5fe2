import CanvassCommandLine
import CanvassRelay

/// A recovery sheet in a file; not on the command line, where every user of the machine can read it.
enum SheetFile {
    private static let mostBytes = 16 << 10

    /// - Throws: `UserError` or `RelayFailure`.
    static func read(_ path: String) throws -> RecoverySheet {
        try RecoverySheet(text: String(decoding: InputFile.read(path, mostBytes: mostBytes), as: UTF8.self))
    }
}
