/// The start of an element, its names resolved (Namespaces in XML 1.0).
package struct XMLElement: Hashable, Sendable {
    package struct Attribute: Hashable, Sendable {
        /// Empty for an attribute without a prefix, which is in no namespace.
        package let namespace: String
        package let local: String
        package let value: String
    }

    /// Empty where none is declared.
    package let namespace: String
    package let local: String
    package let attributes: [Attribute]

    /// The value of an attribute; without a namespace, of the one that has no prefix.
    package func attribute(_ local: String, namespace: String = "") -> String? {
        attributes.first { $0.local == local && $0.namespace == namespace }?.value
    }
}
