/// Why an answer cannot be used.
package enum HTTPResponseFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The other side does not speak HTTP/1, or breaks a rule of it by which one can tell where an answer ends.
    case malformed(String)
    /// It is larger than what is taken.
    case tooLarge(String)
    /// The connection ended before anything of an answer came.
    case noAnswer
    case cutInHead
    case cutInBody

    package var description: String {
        switch self {
        case .malformed(let reason), .tooLarge(let reason): reason
        case .noAnswer: "The connection ended without an answer."
        case .cutInHead: "The connection ended within the head of the answer."
        case .cutInBody: "The connection ended within the body of the answer."
        }
    }

    init(_ failure: HTTPFailure) {
        self = failure.status == 400 ? .malformed(failure.reason) : .tooLarge(failure.reason)
    }
}
