/// Counts what devices and strangers ask for.
///
/// Invariants:
/// 1. What is kept of a device or an address is the moment when it will have used up nothing; one that is not there has used
///    up nothing.
/// 2. Devices are only those whose token was good: never more than are enrolled. Of addresses there are at most
///    `mostAddresses`; when all of them are in use, further ones share one allowance.
/// 3. An address that is over its limit never stops a device whose token was good before.
struct RateLimiter {
    private let limits: RateLimits
    private var devices: [[UInt8]: Int64] = [:]
    private var strangers: [IPAddress: Int64] = [:]
    private var crowd: Int64 = .min
    private var lastPruning: Int64 = .min

    static let mostAddresses = 10_000

    init(_ limits: RateLimits) {
        self.limits = limits
    }

    /// Takes a request into account before it is answered.
    ///
    /// - Parameter tokenHash: of its token; nil for a join.
    /// - Returns: how many milliseconds too early it comes; 0 where it may be answered.
    mutating func admit(tokenHash: [UInt8]?, from address: IPAddress, at now: Int64) -> Int64 {
        if let tokenHash, let level = devices[tokenHash] {
            guard let rate = limits.device else { return 0 }
            let (next, wait) = rate.take(level, now)
            devices[tokenHash] = next
            return wait
        }
        guard let rate = limits.stranger else { return 0 }
        return changeStranger(address, at: now) { rate.take($0, now) }
    }

    /// Learns from the answer whether a token was good.
    mutating func note(tokenHash: [UInt8], isGood: Bool, from address: IPAddress, at now: Int64) {
        if isGood {
            guard devices[tokenHash] == nil else { return }
            // It was no stranger after all.
            devices[tokenHash] = now
            guard let rate = limits.stranger else { return }
            _ = changeStranger(address, at: now) { (max($0, now + rate.interval) - rate.interval, 0) }
        } else if devices.removeValue(forKey: tokenHash) != nil, let rate = limits.stranger {
            _ = changeStranger(address, at: now) { rate.take($0, now) }
        }
    }

    private mutating func changeStranger(
        _ address: IPAddress, at now: Int64, _ change: (Int64) -> (level: Int64, wait: Int64)
    ) -> Int64 {
        let network = address.network
        if let level = strangers[network] {
            let (next, wait) = change(level)
            strangers[network] = next
            return wait
        }
        if strangers.count >= RateLimiter.mostAddresses { prune(at: now) }
        guard strangers.count < RateLimiter.mostAddresses else {
            let (next, wait) = change(crowd)
            crowd = next
            return wait
        }
        let (next, wait) = change(now)
        strangers[network] = next
        return wait
    }

    /// Forgets addresses that have used up nothing, once a second at most: it looks at all of them.
    private mutating func prune(at now: Int64) {
        guard now < lastPruning || now - 1_000 >= lastPruning else { return }
        lastPruning = now
        strangers = strangers.filter { $0.value > now }
    }
}

extension RateLimits.Rate {
    /// - Parameter level: when everything so far will have been used up.
    /// - Returns: the level from now on, and how long a request that comes too early has to wait.
    fileprivate func take(_ level: Int64, _ now: Int64) -> (level: Int64, wait: Int64) {
        // A clock that went back must not lock anybody out.
        let ahead = level > now ? min(level - now, burst) : 0
        guard ahead + interval <= burst else { return (now + ahead, ahead + interval - burst) }
        return (now + ahead + interval, 0)
    }
}
