package import CanvassHTTP

/// A whole answer.
package struct HTTPAnswer: Sendable {
    package var head: HTTPResponseHead
    package var body: [UInt8]
}
