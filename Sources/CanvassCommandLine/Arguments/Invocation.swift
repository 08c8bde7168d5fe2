/// What a command line asks for.
enum Invocation: Sendable {
    case run(Command, ParsedArguments)
    /// Help on the last command of the path was asked for.
    case help([Command])
    /// The path ends in a group and says not which of its commands.
    case incomplete([Command])
    case version
}
