/// The bounds of a segment, checked before anything is decoded (design, section 4).
package enum SegmentLimits {
    /// Bytes of all heads and bodies together, decoded.
    package static let maximumDecodedBytes = 4 * 1024 * 1024
    /// Changes in one segment.
    package static let maximumCount = 65_536
    /// Bytes of the whole segment as it travels: the decoded bytes and what the frame adds in the worst case.
    package static let maximumEncodedBytes = maximumDecodedBytes + 512 * 1024
}
