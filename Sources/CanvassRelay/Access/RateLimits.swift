/// How much one device, and strangers at one address, may ask of a relay.
package struct RateLimits: Sendable {
    /// So many on average, and as many more at once as a burst holds (the generic cell rate algorithm of ITU-T I.371).
    struct Rate: Sendable {
        /// Milliseconds that one request takes up.
        let interval: Int64
        /// Milliseconds that may be taken up ahead.
        let burst: Int64

        /// - Parameters:
        ///   - perMinute: from 1 to 60,000.
        ///   - burstMinutes: how many minutes' worth may come at once.
        init?(perMinute: Int, burstMinutes: Int64) {
            guard (1...RateLimits.mostPerMinute).contains(perMinute) else { return nil }
            interval = 60_000 / Int64(perMinute)
            burst = burstMinutes * 60_000
        }
    }

    /// A request a millisecond: more than that is no limit.
    package static let mostPerMinute = 60_000

    let device: Rate?
    let stranger: Rate?

    /// - Parameters:
    ///   - devicePerMinute: requests of one device; 0 for any number. A device that fetches weeks of changes makes a few in a
    ///     second.
    ///   - strangerPerMinute: joins, and requests with tokens that are not good, from one address; five minutes' worth may come
    ///     at once, so that a field office may enrol all its tablets behind one address in one go. 0 for any number.
    package init(devicePerMinute: Int, strangerPerMinute: Int) {
        device = Rate(perMinute: devicePerMinute, burstMinutes: 1)
        stranger = Rate(perMinute: strangerPerMinute, burstMinutes: 5)
    }

    var isOn: Bool { device != nil || stranger != nil }

    package static let none = RateLimits(devicePerMinute: 0, strangerPerMinute: 0)
}
