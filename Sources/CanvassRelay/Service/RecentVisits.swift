import CanvassWire

/// When a device came, and by how much its clock was off then.
struct Visit {
    let milliseconds: Int64
    /// Relay time minus device time.
    let clockOffset: Int64

    init(_ request: SyncRequest, now: Int64) {
        milliseconds = now
        let offset = now.subtractingReportingOverflow(request.clock)
        clockOffset = offset.overflow ? .max : offset.partialValue
    }
}

/// The visits that were written down lately, so that a device that only looks for news costs no write each time.
///
/// Only devices whose token was good get in, so there are never more than are enrolled.
struct RecentVisits {
    private var visits: [[UInt8]: Visit] = [:]

    /// Less than a minute ago, and the clock of the device has not jumped since.
    func isRecent(_ tokenHash: [UInt8], _ visit: Visit) -> Bool {
        guard let last = visits[tokenHash] else { return false }
        let jump = visit.clockOffset.subtractingReportingOverflow(last.clockOffset)
        return visit.milliseconds >= last.milliseconds && visit.milliseconds - last.milliseconds < 60_000
            && !jump.overflow && jump.partialValue.magnitude < 5_000
    }

    mutating func remember(_ tokenHash: [UInt8], _ visit: Visit) {
        visits[tokenHash] = visit
    }
}
