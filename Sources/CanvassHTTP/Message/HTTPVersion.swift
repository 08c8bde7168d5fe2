/// The versions of HTTP that are spoken; every other one is answered with 505.
package enum HTTPVersion: Sendable, Hashable {
    case http10
    case http11
}
