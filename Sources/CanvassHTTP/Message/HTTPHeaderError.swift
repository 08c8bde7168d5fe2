/// An outgoing header field that would break the message it is part of.
package enum HTTPHeaderError: Error, Hashable, Sendable, CustomStringConvertible {
    case invalidName(String)
    case invalidValue(name: String)

    package var description: String {
        switch self {
        case .invalidName(let name):
            "\"\(name.debugDescription)\" is no header name: use letters, digits and - only."
        case .invalidValue(let name):
            "The value of header \(name) holds a control character: encode it before it is sent."
        }
    }
}
