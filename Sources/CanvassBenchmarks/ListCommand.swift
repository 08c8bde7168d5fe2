import CanvassCoding
import CanvassCommandLine

/// `canvass-bench list`
enum ListCommand {
    static let command = Command(
        "list", "List the benchmarks.",
        examples: [Example("canvass-bench list", "Show the names to run benchmarks by.")]
    ) { _, output in
        let benchmarks = BenchmarkProgram.benchmarks
        if output.isJSON {
            output.emit(
                .list(
                    benchmarks.map {
                        [
                            "name": .text($0.name), "summary": .text($0.summary),
                            "isPartOfAll": .bool($0.isPartOfAll),
                        ]
                    }))
        } else {
            var list = KeyValueList()
            for benchmark in benchmarks {
                list.add(benchmark.name, benchmark.summary + (benchmark.isPartOfAll ? "" : " (by its name alone)"))
            }
            output.print(list)
        }
        return .done
    }
}
