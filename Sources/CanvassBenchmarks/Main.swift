import CanvassCommandLine

@main
enum Main {
    static func main() async { await BenchmarkProgram.program.main() }
}
