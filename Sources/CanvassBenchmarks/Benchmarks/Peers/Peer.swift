import CanvassCoding

/// What an engine takes for a response.
struct Peer: Sendable {
    /// As PyPI calls them.
    static let names = ["pycrdt", "loro"]

    var name: String
    var version: String
    var record = Samples()
    var apply = Samples()
    /// Of the change that a response is, deflated.
    var bytes = Samples()
}

extension Peer {
    /// Reads what `peers.py` says of one.
    ///
    /// - Returns: nil where the engine was not there.
    init?(_ name: String, _ figures: Value) {
        guard let version = figures["version"]?.textValue, let bytes = figures["bytes"]?.doubleValue else { return nil }
        self.init(name: name, version: version)
        record = Samples(figures["record"]?.listValue?.compactMap(\.doubleValue) ?? [])
        apply = Samples(figures["apply"]?.listValue?.compactMap(\.doubleValue) ?? [])
        self.bytes = Samples([bytes])
    }
}
