#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What becomes of a signal (sigaction, POSIX XSH 2.4).
enum SignalHandler {
    /// Has a handler called from now on. It may touch nothing but lock-free atomics and what POSIX lists as safe.
    ///
    /// - Parameters:
    ///   - number: one that can be caught.
    ///   - flags: `SA_RESTART` and the like.
    static func install(_ handler: @escaping @convention(c) (Int32) -> Void, for number: Int32, flags: Int32) {
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.sa_flags = flags
        #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = handler
        #else
            action.__sigaction_u.__sa_handler = handler
        #endif
        let code = sigaction(number, &action, nil)
        precondition(code == 0, "sigaction refuses only numbers that are no signals")
    }
}
