import CanvassCommandLine

/// What one command line did.
struct RunOutcome {
    let code: ExitCode
    let output: String
    let errors: String
    let record: String

    static func of(_ arguments: [String], environment: [String: String] = [:]) async -> RunOutcome {
        let record = Sample.Record()
        let standard = CapturedStream()
        let errors = CapturedStream()
        let code = await Sample.program(record).run(
            arguments, environment: Environment(environment), standard: standard.stream, errors: errors.stream)
        return RunOutcome(code: code, output: standard.text, errors: errors.text, record: record.value)
    }
}
