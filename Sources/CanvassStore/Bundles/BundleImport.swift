package import CanvassCRDT

/// What became of a bundle that was imported.
package struct BundleImport: Sendable, Hashable {
    /// Changes applied, by scope.
    package var applied: [ScopeID: Int] = [:]
    /// Changes that were held before.
    package var held = 0
    /// Changes kept until what they depend on has come, by scope.
    package var pending: [ScopeID: Int] = [:]
    /// Changes that were pending and have been applied now.
    package var caughtUp = 0
    /// Changes of scopes that this device may not read.
    package var leftOut: [ScopeID: Int] = [:]
    /// Changes that claim to be of this device itself, without its seal.
    package var forged: [ScopeID: Int] = [:]
    /// Segments that are none, each with the reason.
    package var unreadable: [String] = []

    package init() {}
}
