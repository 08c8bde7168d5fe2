/// Damaged, hostile or unsupported bytes, with the place where reading stopped.
public struct CodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being read: "CBOR", "JSON", "deflate", "base32" …
    public var format: String
    public var reason: String
    /// Bytes from the start of the input.
    public var offset: Int

    public init(format: String, reason: String, offset: Int) {
        self.format = format
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(format), byte \(offset): \(reason)" }
}
