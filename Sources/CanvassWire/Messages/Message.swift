package import CanvassCRDT
package import CanvassCoding

/// A message between a client and a relay: a map with text keys, sent as canonical CBOR (`application/cbor`) or, for
/// people with curl, as JSON (`application/json`). Readers ignore keys that they do not know.
package protocol Message: Sendable {
    init(value: Value) throws(CodingError)
    var value: Value { get }
}

/// How a message is written on the wire.
package enum MessageFormat: Sendable {
    case cbor, json

    package var contentType: String {
        switch self {
        case .cbor: "application/cbor"
        case .json: "application/json"
        }
    }
}

extension Message {
    package func encoded(as format: MessageFormat = .cbor) -> [UInt8] {
        switch format {
        case .cbor: CBOR.encode(value)
        case .json: Array(JSON.encode(value, pretty: true).utf8)
        }
    }

    package init(decoding bytes: [UInt8], as format: MessageFormat = .cbor) throws(CodingError) {
        switch format {
        case .cbor: try self.init(value: CBOR.decode(bytes))
        case .json: try self.init(value: JSON.decode(bytes))
        }
    }
}

/// Reads the fields of one map and says which of them is wrong.
package struct FieldReader {
    let name: String
    let value: Value

    package init(_ name: String, _ value: Value) throws(CodingError) {
        guard value.mapValue != nil else {
            throw CodingError(format: name, reason: "a map was expected", offset: 0)
        }
        self.name = name
        self.value = value
    }

    package func wrong(_ key: String, _ expected: String) -> CodingError {
        CodingError(format: name, reason: "'\(key)' must be \(expected)", offset: 0)
    }

    /// The value of a key, nil where it is absent or null.
    package func optional(_ key: String) -> Value? {
        guard let value = value[key], !value.isNull else { return nil }
        return value
    }

    package func text(_ key: String) throws(CodingError) -> String {
        guard let text = optional(key)?.textValue else { throw wrong(key, "text") }
        return text
    }

    package func optionalText(_ key: String) throws(CodingError) -> String? {
        optional(key) == nil ? nil : try text(key)
    }

    package func integer(_ key: String) throws(CodingError) -> Int64 {
        guard let integer = optional(key)?.integerValue else { throw wrong(key, "an integer") }
        return integer
    }

    package func unsigned(_ key: String) throws(CodingError) -> UInt64 {
        guard let number = UInt64(exactly: try integer(key)) else { throw wrong(key, "an integer from 0") }
        return number
    }

    package func flag(_ key: String) throws(CodingError) -> Bool {
        guard let flag = optional(key)?.boolValue else { throw wrong(key, "true or false") }
        return flag
    }

    package func bytes(_ key: String) throws(CodingError) -> [UInt8] {
        guard let bytes = optional(key)?.bytesValue else { throw wrong(key, "bytes") }
        return bytes
    }

    package func optionalBytes(_ key: String) throws(CodingError) -> [UInt8]? {
        optional(key) == nil ? nil : try bytes(key)
    }

    package func id(_ key: String) throws(CodingError) -> EntityID {
        try EntityID(bytes: bytes(key))
    }

    package func optionalID(_ key: String) throws(CodingError) -> EntityID? {
        optional(key) == nil ? nil : try id(key)
    }

    package func scope(_ key: String) throws(CodingError) -> ScopeID {
        try ScopeID(bytes: bytes(key))
    }

    /// The items of a list, each read by `read`; an absent list is empty.
    package func list<Item>(_ key: String, _ read: (Value) throws -> Item) throws(CodingError) -> [Item] {
        guard let value = optional(key) else { return [] }
        guard let items = value.listValue else { throw wrong(key, "a list") }
        var result: [Item] = []
        result.reserveCapacity(items.count)
        for (index, item) in items.enumerated() {
            do {
                result.append(try read(item))
            } catch let error as CodingError {
                throw CodingError(format: "\(name).\(key)[\(index)]", reason: error.description, offset: error.offset)
            } catch {
                throw wrong("\(key)[\(index)]", "readable: \(error)")
            }
        }
        return result
    }
}

extension VersionVector {
    /// The vector as a value, in the shape of `encode(to:)`.
    package var value: Value {
        .list(
            replicas.map { replica in
                .list(
                    [.bytes(replica.bytes)]
                        + self[replica].flatMap { [.integer(Int64($0.sequence)), .bytes(bigEndianBytes($0.check))] })
            })
    }

    package init(value: Value) throws(CodingError) {
        var reader = CBORReader(CBOR.encode(value))
        try self.init(from: &reader)
        try reader.finish()
    }
}
