/// What came of the power cuts in one workload.
package struct PowerCutTally: Sendable {
    package let workload: String
    /// Operations before which, or after which, the power failed.
    package private(set) var moments = 0
    package private(set) var cuts = 0
    /// Cuts after which the files were opened and examined; the others left bytes that had been.
    package private(set) var examined = 0
    /// Cuts after which something acknowledged was missing.
    package private(set) var losses = 0
    /// Cuts after which the file could not be opened or an examination found something.
    package private(set) var damages = 0
    /// The first few, in words, each with the seed and the place that show it again.
    package private(set) var examples: [String] = []

    init(workload: String) {
        self.workload = workload
    }

    mutating func addMoment() { moments += 1 }

    mutating func addKnown() { cuts += 1 }

    mutating func add(losses lost: [String], damages found: [String], at place: String) {
        cuts += 1
        examined += 1
        if !lost.isEmpty { losses += 1 }
        if !found.isEmpty { damages += 1 }
        for text in lost.map({ "lost: \($0)" }) + found where examples.count < 5 {
            examples.append("\(workload), \(place): \(text)")
        }
    }

    package mutating func add(_ other: PowerCutTally) {
        moments += other.moments
        cuts += other.cuts
        examined += other.examined
        losses += other.losses
        damages += other.damages
        examples += other.examples.prefix(5 - min(5, examples.count))
    }
}
