#if PLANTED_BUGS
    import CanvassCoding
    import CanvassCommandLine
    import CanvassSimulator

    /// `canvass-bench planted`, in builds that have planted bugs: the test of the simulator.
    extension SimulateCommand {
        private static let limit = Option(
            "limit", .integer(in: 1...1_000_000), default: 5_000, placeholder: "N",
            "How many seeds to try for each bug.")
        private static let only = Option("bug", .text, placeholder: "NAME", "Only this one.")

        static let planted = Command(
            "planted", "Plant one bug after the other, and show the seed that finds each.",
            discussion: "Exits with 1 where a bug is not found, or where a seed fails without any.",
            examples: [Example("canvass-bench planted --limit 2000", "Try at most 2,000 seeds for each.")],
            options: [limit, only]
        ) { arguments, output in
            Interrupt.install()
            let simulator = try Simulator()
            var missed = 0
            let bugs = PlantedBug.allCases.filter { arguments[only] == nil || "\($0)" == arguments[only] }
            var table = Table([.init("BUG"), .init("SEED", .right), .init("PROMISE"), .init("WHAT")])
            let progress = output.progress("planted", total: Int64(bugs.count), unit: "bugs")
            for (number, bug) in bugs.enumerated() {
                progress.update(to: Int64(number))
                let found = find(bug, within: arguments[limit], simulator)
                if found == nil { missed += 1 }
                let seed = found.map { "\($0.seed)" } ?? "not found"
                table.add(["\("\(bug)")", "\(seed)", "\(found?.failure.promise.rawValue ?? "")", "\(bug.rawValue)"])
            }
            progress.finish()
            output.print(table)
            return missed == 0 ? .done : .failed
        }

        private struct Found {
            let seed: UInt64
            let failure: SimulationFailure
        }

        private static func find(_ bug: PlantedBug, within limit: Int, _ simulator: Simulator) -> Found? {
            PlantedBug.active = bug
            defer { PlantedBug.active = nil }
            for seed in 1...UInt64(limit) {
                if let failure = simulator.run(Tape(seed: seed)).failure {
                    return Found(seed: seed, failure: failure)
                }
            }
            return nil
        }
    }
#endif
