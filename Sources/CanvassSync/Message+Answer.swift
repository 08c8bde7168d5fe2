import CanvassCoding
package import CanvassWire

extension Message {
    /// Reads what a relay answered, however it came.
    package init(status: Int, contentType: String, body: [UInt8]) throws(SyncFailure) {
        guard status == 200 else { throw SyncFailure(status: status, body: body) }
        guard contentType.hasPrefix(MessageFormat.cbor.contentType) else {
            throw SyncFailure.notARelay("it answers with \(contentType.isEmpty ? "no content type" : contentType)")
        }
        do {
            try self.init(decoding: body)
        } catch {
            throw SyncFailure.invalidAnswer(error.description)
        }
    }
}

extension SyncFailure {
    /// A problem of the relay's, one of its HTTP layer's or of a later version's (by its status), or somebody else's page.
    package init(status: Int, body: [UInt8]) {
        if let value = try? JSON.decode(body), value["type"]?.textValue != nil {
            self = .refused(Problem(value: value) ?? Problem(status: status, value: value))
            return
        }
        switch status {
        case 502, 503, 504: self = .unreachable("a proxy answers with status \(status)")
        default: self = .notARelay("it answers with status \(status)")
        }
    }
}
