/// What the process tells its caller: the same four codes for every command.
package enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    /// The command line itself was wrong; nothing was attempted.
    case usage = 2
    /// The work was done, and found conflicts or violations that a person has to look at.
    case findings = 3
}
