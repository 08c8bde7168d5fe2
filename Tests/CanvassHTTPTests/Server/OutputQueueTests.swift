import Testing

@testable import CanvassHTTPServer

@Suite struct OutputQueueTests {
    @Test func `chunks leave in order, however little is sent at a time`() {
        var queue = OutputQueue()
        queue.append([1, 2, 3])
        queue.append([])
        queue.append([4])
        queue.append([5, 6])
        var sent: [UInt8] = []
        while !queue.isEmpty {
            let part = queue.withFirstChunk { Array($0.prefix(2)) }
            sent += part
            queue.removeSent(part.count)
            #expect(queue.byteCount == 6 - sent.count)
        }
        #expect(sent == [1, 2, 3, 4, 5, 6])
        #expect(!queue.hasSeveralChunks)
        #expect(queue.withFirstChunk { $0.count } == 0)
    }
}
