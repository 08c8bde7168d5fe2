extension String {
    /// Equal byte for byte: Swift's own equality merges Unicode normalisation forms.
    package func hasSameBytes(as other: String) -> Bool {
        // Equal bytes are equal strings, and comparing strings is the faster way to say no.
        self == other && utf8.elementsEqual(other.utf8)
    }
}
