import CanvassCommandLine

@main
enum Main {
    static func main() async { await CanvassProgram.program.main() }
}
