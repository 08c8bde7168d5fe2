extension UserError {
    /// A wrong command line. `Program` adds how to see help.
    package static func usage(_ code: String, _ what: String, remedy: String = "") -> UserError {
        UserError(code: "usage." + code, what, remedy: remedy, exitCode: .usage)
    }

    static func missing(_ argument: String) -> UserError {
        usage("missing-argument", "\(argument) is missing")
    }

    static func invalid(_ argument: String, text: String, _ reason: InvalidArgument) -> UserError {
        usage("invalid-value", "\(argument): \"\(text)\" is not \(reason.expectation)")
    }
}
