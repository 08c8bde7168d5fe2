import CanvassCommandLine

@main
enum Main {
    static func main() async { await RelayProgram.program.main() }
}
