import Foundation
import TestSupport
import Testing

/// `Protocol/conformance/run.py`, which was written from the specification, against the real relay.
@Suite(.enabled(if: Executables.find("python3") != nil, "python3 is not installed")) struct RelayConformanceTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Protocol/conformance/run.py").path

    private func run(relay: String, invite: String) async throws -> BinaryRunner.Outcome {
        try await BinaryRunner.run(
            try #require(Executables.find("python3")),
            [RelayConformanceTests.script, "--relay", relay, "--invite", invite],
            environment: ["PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"], timeout: .seconds(120))
    }

    @Test func `the relay does what the specification says`() async throws {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "designer")
        let invite = try await organisation.invite("--campaign", "visits", "--role", "collector")
        let outcome = try await run(relay: organisation.address, invite: invite)
        #expect(outcome.status == 0, "\(outcome.outputText)")
        // The campaign is none the worse for it.
        try await organisation.json("designer", "sync")
    }

    @Test func `an invite that is not a collector's, and a relay that is not there, are failures`() async throws {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await organisation.openCampaign(by: "designer")
        let invite = try await organisation.invite("--campaign", "visits", "--role", "designer")
        let other = try await run(relay: organisation.address, invite: invite)
        #expect(other.status == 1)
        #expect(other.outputText.contains("this needs the invite of a collector"))
        try await organisation.stopRelay()
        let none = try await run(relay: organisation.address, invite: invite)
        #expect(none.status == 1)
        #expect(none.outputText.contains("0 of 18 checks hold"))
    }
}
