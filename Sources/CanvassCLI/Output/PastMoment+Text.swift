import Canvass
import CanvassCoding
import CanvassCommandLine

extension Output {
    /// Says as of when something is shown, and what makes that doubtful.
    func print(_ moment: PastMoment) {
        print(wrapped: "As of \(TimeText.local(moment.milliseconds)), by the clocks of the devices.", .dim)
        for doubt in moment.doubts { print(wrapped: "\(doubt).", .magenta) }
    }
}

extension PastMoment {
    fileprivate var doubts: [String] {
        var doubts: [String] = []
        if let offset = clockOffsetMilliseconds, let distance = TimeText.clockDistance(offset: offset) {
            doubts.append(
                "This device's clock was up to \(distance) the relay's; its own changes stand where its clock put them")
        }
        if displacedChanges > 0 {
            doubts.append(
                "Some clock was wrong: \(CountText.of(displacedChanges, "change")) with an earlier time left out, for "
                    + "what came before bears a later one")
        }
        return doubts
    }

    /// `{"milliseconds", "displacedChanges", "clockOffsetMilliseconds"}`
    var value: Value {
        [
            "milliseconds": .integer(milliseconds), "displacedChanges": Value(displacedChanges),
            "clockOffsetMilliseconds": Value(clockOffsetMilliseconds),
        ]
    }
}
