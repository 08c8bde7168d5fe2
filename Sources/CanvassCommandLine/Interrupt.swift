#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Synchronization

/// Ctrl-C and SIGTERM as a request: work in batches looks at `isRequested` between two batches and ends after a whole one.
///
/// The first signal sets a flag; the second of the same kind finds the default action and ends the process at once.
package enum Interrupt {
    /// The signal that asked, or 0. A lock-free atomic is all that a signal handler may touch (POSIX XSH 2.4.3).
    private static let signalNumber = Atomic<Int32>(0)

    /// Installs the handlers for SIGINT and SIGTERM. System calls are not restarted, so that a prompt waiting for a line
    /// ends as well; whoever reads or writes handles EINTR.
    package static func install() {
        // Touching the flag here makes sure that the handler never has to initialise it.
        _ = signalNumber.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            sigemptyset(&action.sa_mask)
            // SA_RESETHAND: the second signal is not caught any more. It is the sign bit of the C type.
            action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND)
            let handler: @convention(c) (Int32) -> Void = { Interrupt.signalNumber.store($0, ordering: .relaxed) }
            #if canImport(Glibc)
                action.__sigaction_handler.sa_handler = handler
            #else
                action.__sigaction_u.__sa_handler = handler
            #endif
            let code = sigaction(number, &action, nil)
            precondition(code == 0, "sigaction refuses only numbers that are no signals")
        }
    }

    /// Whether somebody asked the process to stop.
    package static var isRequested: Bool { signalNumber.load(ordering: .relaxed) != 0 }

    /// Ends the work between two batches if somebody asked for it.
    /// - Parameter state: what has become of the work, for the message: "412 of 900 responses were imported".
    package static func check(_ state: @autoclosure () -> String) throws(UserError) {
        guard isRequested else { return }
        throw UserError(
            code: "interrupted", "stopped on request", why: state(), remedy: "Run the same command again to go on.")
    }
}
