public import CanvassCRDT

/// Changes of one scope.
public struct ScopeCount: Sendable, Hashable {
    public var scope: ScopeID
    /// What people call it.
    public var name: String
    public var changes: Int
}

/// A bundle that was made.
public struct BundleExport: Sendable, Hashable {
    public var bytes: [UInt8]
    public var scopes: [ScopeCount]
    public var changes: Int { scopes.reduce(0) { $0 + $1.changes } }
}

/// What an import did.
public struct BundleOutcome: Sendable, Hashable {
    /// The replica that made the bundle; nil where the file is too damaged to tell.
    public var maker: ReplicaID?
    public var applied: [ScopeCount]
    /// Changes that this replica held before.
    public var held: Int
    /// Changes that wait for others that they were made upon. They are kept, and applied when those come.
    public var pending: [ScopeCount]
    /// Changes that had been waiting and could be applied now.
    public var caughtUp: Int
    /// Changes of scopes that this device may not read.
    public var leftOut: [ScopeCount]
    /// Changes that claim to be of this device and do not have its seal.
    public var forged: [ScopeCount]
    /// What the file has lost, in words.
    public var lost: [String]

    public var changes: Int { applied.reduce(0) { $0 + $1.changes } + caughtUp }
}

/// What a relay made of a bundle that was sent to it.
public struct BundleDelivery: Sendable, Hashable {
    public var relay: String
    /// Changes that the relay holds now.
    public var delivered: Int
    /// What it did not take, each with the reason.
    public var refused: [String]
    /// What the file has lost, in words.
    public var lost: [String]
}

/// What is in a bundle's file.
public struct BundleListing: Sendable, Hashable {
    public struct Part: Sendable, Hashable {
        public var scope: ScopeID
        public var segments: Int
        public var changes: Int
        /// Changes in segments that the device that made them has sealed: any carrier may hand those to the relay.
        public var sealed: Int
    }

    public var organisation: EntityID?
    public var device: EntityID?
    public var replica: ReplicaID?
    public var madeMilliseconds: Int64?
    public var certificates: Int
    public var parts: [Part]
    /// What the file has lost, in words.
    public var lost: [String]
}
