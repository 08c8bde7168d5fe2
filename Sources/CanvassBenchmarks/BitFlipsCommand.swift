import CanvassCoding
import CanvassCommandLine
import CanvassTrials
import Foundation

/// `canvass-bench bit-flips`
enum BitFlipsCommand {
    private static let every = Option(
        "every", .integer(in: 1...1_000_000), default: 1, placeholder: "N", "Take every Nth byte only.")
    private static let from = Option(
        "from", .integer(in: 0...1_000_000_000), default: 0, placeholder: "BYTE", "The first byte.")
    private static let to = Option(
        "to", .integer(in: 0...1_000_000_000), placeholder: "BYTE", "The byte to end before; the end of the file.")
    private static let keep = Option(
        "keep", .path, placeholder: "FILE", "Write the replica here, as it is before a bit is flipped.")
    private static let isAllBits = Option(flag: "all-bits", "Flip each of the eight bits of a byte, not one of them.")

    static let command = Command(
        "bit-flips", "Flip a bit of every byte of a small replica, one at a time, and ask the doctor.",
        discussion: """
            Each flip has to be found by an examination, or to be harmless: state and log are what they were. And a \
            salvage has to bring every change whose bytes are not hit into a sound file.

            Exits with 1 where that is not so.
            """,
        examples: [
            Example("canvass-bench bit-flips", "Flip a bit of each byte."),
            Example("canvass-bench bit-flips --from 100000", "Go on where a run was interrupted."),
        ],
        options: [every, from, to, isAllBits, keep],
        run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        Interrupt.install()
        var trial = try BitFlipTrial()
        if let file = arguments[keep] { try Data(trial.bytes).write(to: URL(filePath: file)) }
        var tally = BitFlipTally()
        let end = min(arguments[to] ?? trial.bytes.count, trial.bytes.count)
        let progress = output.progress("flipped", total: Int64(end), unit: "bytes")
        for byte in stride(from: arguments[from], to: end, by: arguments[every]) {
            guard !Interrupt.isRequested else { break }
            let bits = arguments[isAllBits] ? Array(0..<8) : [(byte &* 5 &+ byte / 8) % 8]
            for bit in bits { trial.flip(bit: bit, ofByte: byte, into: &tally) }
            progress.update(to: Int64(byte))
        }
        progress.finish()
        show(tally, bytes: trial.bytes.count, output)
        guard tally.isGood else {
            throw UserError(
                code: "bit-flips.bad", "a flipped bit was not seen, or a salvage lost an undamaged change",
                why: tally.examples.prefix(10).joined(separator: "; "),
                remedy: "flip that bit in a test, and mend the doctor")
        }
        return .done
    }

    private static func show(_ tally: BitFlipTally, bytes: Int, _ output: Output) {
        let figures: [(String, Int)] = [
            ("bytes", bytes), ("flips", tally.flips), ("detected", tally.detected), ("harmless", tally.harmless),
            ("unseen", tally.unseen), ("salvagedWhole", tally.whole), ("salvagedUndamaged", tally.undamaged),
            ("salvageLosses", tally.losses),
        ]
        var table = Table([.init("what"), .init("count", .right)])
        for (name, count) in figures { table.add([StyledText(name), "\(count)"]) }
        output.print(table)
        output.emit(
            .map(
                figures.map { .init($0.0, .integer(Int64($0.1))) }
                    + [.init("examples", .list(tally.examples.map(Value.text)))]))
    }
}
