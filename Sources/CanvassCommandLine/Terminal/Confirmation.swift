#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asking before something that cannot be taken back.
package enum Confirmation {
    /// Asks on the terminal, and takes nothing but the whole word.
    ///
    /// - Parameters:
    ///   - question: what is about to happen.
    ///   - word: what has to be typed to go on.
    /// - Returns: whether it was.
    /// - Throws: `UserError` where nobody can be asked.
    package static func ask(_ question: String, typing word: String, option: String, _ output: Output)
        throws(UserError) -> Bool
    {
        guard isatty(STDIN_FILENO) == 1 else {
            throw UserError(
                code: "usage.not-confirmed", "nobody can be asked whether to go on: the input is no terminal",
                remedy: "Say so on the command line with \(option).", exitCode: .usage)
        }
        output.note("\(question)")
        output.note("Type \(word) to go on:")
        return readLine(strippingNewline: true) == word
    }
}
