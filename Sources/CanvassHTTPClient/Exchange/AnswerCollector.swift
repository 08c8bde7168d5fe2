import Synchronization

/// Puts an answer together from its parts.
final class AnswerCollector: Sendable {
    private let state = Mutex<HTTPAnswer?>(nil)

    /// What came so far; nil before there is a head.
    var answer: HTTPAnswer? { state.withLock { $0 } }

    func begin(_ head: HTTPAnswer.Head) {
        state.withLock { $0 = HTTPAnswer(head: head, body: []) }
    }

    /// - Returns: how many bytes there are now.
    @discardableResult
    func append(_ bytes: [UInt8]) -> Int {
        state.withLock { answer in
            answer?.body += bytes
            return answer?.body.count ?? 0
        }
    }
}
