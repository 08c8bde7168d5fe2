/// What a run is like, apart from what happens in it: each dial is one number of the tape. At its calm value it adds
/// no difficulty, which is where the shrinker turns it.
package enum Dial: String, Sendable, CaseIterable {
    /// Devices at the start; copies come on top.
    case devices
    /// The seed of who has which role.
    case cast
    /// How wrong the clocks are: 0 right, 1 minutes, 2 years, 3 anything that 64 bits hold.
    case clocks
    /// Ids in each scope that everybody edits.
    case entities
    /// Of a hundred messages, how many get lost.
    case loss
    /// Of a hundred messages, how many break off in the middle.
    case tear
    /// Of a hundred requests, how many arrive twice.
    case duplication
    /// Of a hundred messages, how many arrive after the sender has given up.
    case delay
    /// Bytes asked for in an answer; 0 is what the client asks for by itself. The same for the next two.
    case pageBytes
    /// Bytes pushed in a request.
    case pushBytes
    /// Changes in a segment.
    case segmentChanges

    package var calm: Int {
        switch self {
        case .devices: 2
        case .entities: 1
        default: 0
        }
    }

    var range: ClosedRange<Int> {
        switch self {
        case .devices: 1...12
        case .cast: 0...Int(Int32.max)
        case .clocks: 0...3
        case .entities: 1...1_000
        case .loss, .tear, .duplication, .delay: 0...100
        case .pageBytes, .pushBytes, .segmentChanges: 0...(4 << 20)
        }
    }
}
