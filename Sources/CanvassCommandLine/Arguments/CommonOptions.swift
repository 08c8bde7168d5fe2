/// The options that every command of every program takes, before or after the name of the command.
package enum CommonOptions {
    package static let json = Option(flag: "json", "Write the result, and errors, as JSON.")
    package static let noColor = Option(flag: "no-color", "Write no colours, even to a terminal.")
    static let help = Option(flag: "help", short: "h", "Show this help.")
    static let version = Option(flag: "version", "Show the version.")
}
