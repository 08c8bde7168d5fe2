import CanvassCoding
import Foundation
import TestSupport
import Testing

/// Devices whose clocks are years off, by libfaketime: nothing is refused, nothing is poisoned, and the skew is shown.
@Suite(.enabled(if: Executables.find("faketime") != nil, "faketime is not installed"))
struct WrongClockTests {
    @Test func `clocks that are years off lose nothing and win nothing for good`() async throws {
        let team = try await FieldTeam(collectors: [])
        let organisation = team.organisation
        // Joined with the wrong clock already: the device and its changes carry it from the beginning.
        let shifts = ["past": "-20y", "future": "+30y"]
        var ledger: [String] = []
        for (person, shift) in shifts {
            let link = try await organisation.invite(
                "--campaign", "visits", "--role", "collector", "--name", person)
            #expect(try await shifted(shift, organisation.path(of: person), ["join", link]).status == 0)
            let outcome = try await shifted(
                shift, organisation.path(of: person), ["collect", "field", "--answers", "-"],
                input: #"[{"score": 2}, {"score": 3}]"#)
            ledger += recorded(in: outcome)
            let sync = try await shifted(shift, organisation.path(of: person), ["sync"])
            #expect(sync.status == 0 && sync.outputText.contains("sent 2 changes"), "\(sync.errorText)")
            #expect(sync.outputText.contains("clock"), "the skew is not shown: \(sync.outputText)")
        }
        #expect(ledger.count == 4)
        try await organisation.json("rita", "sync")
        #expect(try await Set(team.responses(of: "rita")) == Set(ledger))
        // A correction that follows on one of 2056 counts, whatever the clock of who makes it.
        for id in ledger {
            let outcome = try await organisation.run("rita", ["response", "edit", id, "--set", "score=9"])
            #expect(outcome.status == 0, "\(outcome.errorText)")
        }
        try await organisation.json("rita", "sync")
        for (person, shift) in shifts {
            #expect(try await shifted(shift, organisation.path(of: person), ["sync"]).status == 0)
            let list = try await shifted(shift, organisation.path(of: person), ["response", "list", "field", "--json"])
            let responses = try #require(try JSON.decode([UInt8](list.output)).listValue)
            #expect(responses.count == 2)
            for response in responses { #expect(response["answers"]?["score"]?.integerValue == 9) }
        }
        // The clock goes backwards between two commands of one device.
        let jumping = try await shifted(
            "+1y", organisation.path(of: "past"), ["collect", "field", "--answers", "-"], input: #"{"score": 7}"#)
        ledger += recorded(in: jumping)
        #expect(try await shifted("-25y", organisation.path(of: "past"), ["sync"]).status == 0)
        try await organisation.json("rita", "sync")
        #expect(try await Set(team.responses(of: "rita")) == Set(ledger))
        for person in ["past", "future", "rita"] { #expect(try await team.findings(on: person).isEmpty) }
        #expect(try await organisation.json("rita", "status")["conflicts"]?.integerValue == 0)
    }

    private func shifted(
        _ shift: String, _ replica: String, _ command: [String], input: String = ""
    ) async throws -> BinaryRunner.Outcome {
        // Waiting and time limits keep to the clock that nobody sets.
        try await BinaryRunner.run(
            #require(Executables.find("faketime")),
            [
                "-m", "--exclude-monotonic", "-f", shift, Executables.url(of: "canvass").path, "--replica",
                replica,
            ] + command, input: Data(input.utf8))
    }
}
