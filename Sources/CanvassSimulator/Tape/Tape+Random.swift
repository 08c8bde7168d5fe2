extension Tape {
    /// The tape of a seed.
    ///
    /// Swarm testing (Groce and others, ISSTA 2012): each seed first leaves out most of what can happen, since a run of
    /// everything at once rarely gets far enough into any one of it.
    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.init(seed: random.next() >> 16, dials: Tape.dials(using: &random), steps: [])
        let mix = Mix(using: &random)
        let count = 8 + random.below(random.once(in: 6) ? 160 : 56)
        // A crowd at one moment finds other faults than a day of work.
        let pace = random.choice([1, 20, 400, 20_000])
        for _ in 0..<count {
            let action = mix.action(using: &random)
            steps.append(
                Step(
                    delay: random.below(pace), node: random.below(24), action: action, detail: random.next() >> 32,
                    fault: random.percent(mix.faults) ? 1 + random.next() >> 48 : 0))
        }
    }

    private static func dials(using random: inout SplitMix64) -> [Dial: Int] {
        var dials: [Dial: Int] = [.cast: random.below(Int(Int32.max))]
        dials[.devices] = random.once(in: 5) ? 1 + random.below(12) : 1 + random.below(4)
        dials[.clocks] = random.below(4)
        dials[.entities] = random.choice([1, 2, 4, 12])
        for dial in [Dial.loss, .tear, .duplication, .delay] where random.once(in: 2) {
            dials[dial] = random.choice([3, 10, 30])
        }
        if random.once(in: 2) {
            dials[.pageBytes] = random.choice([1, 400, 2_000])
            dials[.pushBytes] = random.choice([1, 400, 3_000])
            dials[.segmentChanges] = random.choice([1, 2, 5])
        }
        return dials
    }
}

/// How often each action comes in a run.
private struct Mix {
    private var weights: [(action: Step.Action, weight: Int)] = []
    private let total: Int
    /// Of a hundred steps, how many have a disk that fails.
    let faults: Int

    init(using random: inout SplitMix64) {
        weights = [(.record, 12), (.edit, 18), (.sync, 22 + 20 * random.below(2))]
        let rare: [(Step.Action, Int)] = [
            (.delete, 4), (.restore, 3), (.settle, 5), (.form, 6), (.kill, 3), (.cut, 4), (.clone, 4), (.clock, 3),
            (.partition, 3), (.process, 4), (.doctor, 1), (.relayKill, 2), (.relayCut, 3), (.relayFault, 4),
            (.grant, 5), (.revoke, 1), (.forge, 4), (.erase, 3),
        ]
        for item in rare where random.once(in: 2) { weights.append(item) }
        // Each of these is rare, and any of them may meet.
        if random.once(in: 3) { weights += [(.bundle, 6), (.take, 8), (.carry, 3)] }
        if random.once(in: 3) { weights += [(.copy, 3), (.retrieve, 2)] }
        if random.once(in: 3) { weights += [(.relayCopy, 3), (.relayRetrieve, 3)] }
        if random.once(in: 8) { weights += [(.relayWipe, 1)] }
        total = weights.reduce(0) { $0 + $1.weight }
        faults = random.choice([0, 0, 2, 8, 25])
    }

    func action(using random: inout SplitMix64) -> Step.Action {
        var place = random.below(total)
        for item in weights {
            guard place >= item.weight else { return item.action }
            place -= item.weight
        }
        return .sync
    }
}
