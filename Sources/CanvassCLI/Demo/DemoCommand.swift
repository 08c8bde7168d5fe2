import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassCommandLine
import CanvassInsight
import Foundation

/// `canvass demo`
enum DemoCommand {
    private static let folder = Option(
        "folder", .path, "Where to put the files; a new temporary folder if left out.")

    static let command = Command(
        "demo", "Two collectors offline, a relay, the merge, a report: the main job in one go.",
        discussion: """
            Starts a relay on a free port of this machine, plays a small campaign with six replicas, and ends with the \
            merged report. Everything is real: SQLite files, HTTP, a relay process. The files stay for a look afterwards.
            """,
        examples: [
            Example("canvass demo", "See the main job done."),
            Example("canvass demo --json", "The same for a machine."),
        ],
        options: [folder], run: run)

    @Sendable private static func run(_ arguments: ParsedArguments, _ output: Output) async throws -> ExitCode {
        let folder = try makeFolder(arguments[folder])
        var demo = try Demo(folder: folder, output: output)
        try await demo.run()
        let result = try DemoResult(demo)
        if output.isJSON { output.emit(result.value) } else { result.print(to: output) }
        guard result.agreements.allSatisfy(\.isAgreed) else { return .failed }
        return .done
    }

    private static func makeFolder(_ path: String?) throws -> URL {
        let url =
            path.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(
                path: "canvass-demo-\(UInt32.random(in: .min ... .max))")
        if FileManager.default.fileExists(atPath: url.path) {
            throw UserError(
                "the folder is there already", place: url.path, remedy: "Name another one, or leave out --folder.")
        }
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw UserError(
                "the folder cannot be made", place: url.path, why: error.localizedDescription,
                remedy: "Name another one with --folder.")
        }
        return url
    }
}

/// What the demonstration ends with.
struct DemoResult {
    let folder: URL
    let report: SurveyReport
    let conflicts: [OpenConflict]
    let agreements: [DemoAgreement]

    init(_ demo: Demo) throws {
        folder = demo.folder
        let analyst = try demo.replica("Analyst")
        report = try analyst.report(on: analyst.survey(named: "visit"))
        conflicts = try analyst.conflicts(language: "en")
        agreements = try DemoAgreement.all(of: demo.people)
    }

    func print(to output: Output) {
        output.print()
        ReportText(report).print(to: output)
        output.print()
        printConflicts(to: output)
        printAgreements(to: output)
        printNextSteps(to: output)
    }

    private func printConflicts(to output: Output) {
        output.print(
            "\(conflicts.count == 1 ? "One conflict, kept for a person to settle" : "\(conflicts.count) conflicts", .bold)"
        )
        for conflict in conflicts {
            output.print("  \(conflict.question ?? conflict.field)")
            for (index, candidate) in conflict.candidates.enumerated() {
                let shown = index == 0 ? " (shown until then)" : ""
                output.print("    \(JSON.encode(candidate.value))  by \(candidate.author)\(shown)")
            }
        }
        output.print()
    }

    private func printAgreements(to output: Output) {
        output.print("\("Every replica that may read a scope holds the same state of it", .bold)")
        var table = Table([.init("scope"), .init("changes", .right), .init("replicas", .right), .init("digest")])
        for agreement in agreements {
            table.add([
                "\(agreement.scope.kind.name) of \(agreement.owner)", "\(agreement.changes)",
                "\(agreement.holders.count)",
                agreement.isAgreed ? "\(agreement.digests.first ?? "")" : "\("DIFFERS", .bold)",
            ])
        }
        output.print(table)
        output.print()
    }

    private func printNextSteps(to output: Output) {
        output.print("\("The files are in", .bold) \(folder.path)")
        output.print("Try:")
        if let programs = Bundle.main.executableURL?.deletingLastPathComponent() {
            output.print("  export PATH=\(programs.path):$PATH")
        }
        output.print("  cd \(folder.path)")
        output.print("  export CANVASS_REPLICA=analyst.canvass")
        for command in [
            "canvass report visit --by satisfaction", "canvass conflicts list", "canvass status",
            "canvass query 'SELECT count(*), avg(recommend) FROM responses_visit'",
        ] {
            output.print("  \(command)")
        }
    }

    var value: Value {
        .map([
            .init("folder", .text(folder.path)), .init("report", report.value),
            .init("conflicts", .list(conflicts.map(\.value))),
            .init("agreements", .list(agreements.map(\.value))),
            .init("agreed", .bool(agreements.allSatisfy(\.isAgreed))),
        ])
    }
}
