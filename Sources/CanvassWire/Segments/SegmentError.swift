package import CanvassCoding

/// A segment that may not be taken: which one, and why. Nothing of it is applied.
package struct SegmentError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The bytes are no segment of format 1, or not canonical.
        case malformed
        /// A count or size is over its limit.
        case tooLarge = "too-large"
        /// The changes do not hash to what the header says.
        case hashMismatch = "hash-mismatch"
        /// The format or the codec is one of a later version.
        case unsupported
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package init(_ error: CodingError) {
        self.init(.malformed, error.description)
    }

    package var description: String { "segment refused (\(code.rawValue)): \(reason)" }
}
