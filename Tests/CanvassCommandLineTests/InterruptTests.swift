import CanvassCommandLine
import Foundation
import Testing

/// Signals are of the whole process, so each case has one of its own.
@Suite struct InterruptTests {
    @Test func `nobody has asked at first`() async {
        await #expect(processExitsWith: .success) {
            Interrupt.install()
            precondition(!Interrupt.isRequested)
            try Interrupt.check("")
        }
    }

    @Test func `Ctrl-C is a request`() async {
        await #expect(processExitsWith: .success) {
            Interrupt.install()
            await Self.receive(SIGINT)
            precondition(Interrupt.isRequested)
            do throws(UserError) {
                try Interrupt.check("2 of 3 rows were imported")
                preconditionFailure("The check has to throw")
            } catch {
                precondition(error.why == "2 of 3 rows were imported" && error.exitCode == .failed)
            }
        }
    }

    @Test func `SIGTERM is a request`() async {
        await #expect(processExitsWith: .success) {
            Interrupt.install()
            await Self.receive(SIGTERM)
            precondition(Interrupt.isRequested)
        }
    }

    @Test func `the second Ctrl-C ends the process at once`() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            Interrupt.install()
            await Self.receive(SIGINT)
            kill(getpid(), SIGINT)
            try await Task.sleep(for: .seconds(20))
        }
    }

    @Test func `a request does not disturb the main actor`() async {
        await #expect(processExitsWith: .success) {
            await MainActor.run { Interrupt.install() }
            await Self.receive(SIGINT)
        }
    }

    /// Sends a signal to this process and waits until it was noted. Not `raise`: the threads that run tasks block signals,
    /// and the system picks one that does not.
    private static func receive(_ signal: Int32) async {
        kill(getpid(), signal)
        while !Interrupt.isRequested { await Task.yield() }
    }
}
