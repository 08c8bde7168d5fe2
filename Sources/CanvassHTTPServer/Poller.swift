import CanvassCEpoll
import CanvassHTTP
import Glibc

/// Waits for many descriptors at once: epoll(7), level-triggered, so that what was left unread is reported again.
struct Poller: ~Copyable {
    /// What a descriptor is watched for. Errors and hang-ups are reported in any case.
    enum Interest {
        case nothing
        case reading
        case writing

        fileprivate var mask: UInt32 {
            switch self {
            case .nothing: 0
            case .reading: EPOLLIN.rawValue
            case .writing: EPOLLOUT.rawValue
            }
        }
    }

    private let descriptor: FileDescriptor
    private var events: [epoll_event]

    /// - Parameter capacity: how many events one call of `wait` returns at most.
    init(capacity: Int) throws(HTTPServerError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw HTTPServerError(operation: "create an epoll", errorNumber: errno) }
        descriptor = FileDescriptor(number)
        events = Array(repeating: epoll_event(), count: capacity)
    }

    /// Starts to watch a descriptor. Closing it ends that.
    func add(_ watched: borrowing FileDescriptor, token: UInt64, interest: Interest) throws(HTTPServerError) {
        try control(EPOLL_CTL_ADD, watched.number, token, interest)
    }

    func change(_ watched: borrowing FileDescriptor, token: UInt64, interest: Interest) throws(HTTPServerError) {
        try control(EPOLL_CTL_MOD, watched.number, token, interest)
    }

    private func control(
        _ operation: Int32, _ number: Int32, _ token: UInt64, _ interest: Interest
    ) throws(HTTPServerError) {
        var event = epoll_event()
        event.events = interest.mask
        event.data.u64 = token
        guard epoll_ctl(descriptor.number, operation, number, &event) == 0 else {
            throw HTTPServerError(operation: "watch a descriptor", errorNumber: errno)
        }
    }

    /// Waits until something happens or time is up, and says how many tokens `token(at:)` has. A signal ends the wait.
    ///
    /// - Parameter milliseconds: -1 waits without end.
    mutating func wait(milliseconds: Int32) throws(HTTPServerError) -> Int {
        let count = epoll_wait(descriptor.number, &events, Int32(events.count), milliseconds)
        guard count < 0 else { return Int(count) }
        guard errno == EINTR else { throw HTTPServerError(operation: "wait for events", errorNumber: errno) }
        return 0
    }

    func token(at index: Int) -> UInt64 { events[index].data.u64 }
}
