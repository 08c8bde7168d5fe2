/// What is yet to happen, ordered by time; what happens at one moment, by a tie-break that the seed decides.
struct EventQueue<Event> {
    private struct Entry {
        let time: Int64
        let tie: UInt64
        /// Two ties can be equal; the order must not depend on anything else.
        let serial: Int
        let event: Event

        func precedes(_ other: Entry) -> Bool { (time, tie, serial) < (other.time, other.tie, other.serial) }
    }

    /// A binary heap: each entry precedes its two children.
    private var heap: [Entry] = []
    private var serial = 0

    mutating func add(_ event: Event, at time: Int64, tie: UInt64) {
        serial += 1
        heap.append(Entry(time: time, tie: tie, serial: serial, event: event))
        var index = heap.count - 1
        while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.event)
    }

    private mutating func sink() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
