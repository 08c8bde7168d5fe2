package import CanvassCoding

/// An error answer of the relay: a problem document (RFC 9457), `application/problem+json`.
package struct Problem: Error, Sendable, Hashable {
    /// The stable name of each error; its `type` on the wire is `urn:canvass:problem:` and the raw value.
    package enum Kind: String, Sendable, CaseIterable {
        case malformedRequest = "malformed-request"
        case unsupportedVersion = "unsupported-version"
        case unknownToken = "unknown-token"
        case deviceRevoked = "device-revoked"
        case inviteUnknown = "invite-unknown"
        case inviteExpired = "invite-expired"
        case inviteUsedUp = "invite-used-up"
        case joinKeyMismatch = "join-key-mismatch"
        case otherOrganisation = "other-organisation"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case tooLarge = "too-large"
        case storageFull = "storage-full"
        case internalError = "internal-error"
        case recovering
        case tooManyRequests = "too-many-requests"

        package var status: Int {
            switch self {
            case .malformedRequest, .unsupportedVersion: 400
            case .unknownToken: 401
            case .deviceRevoked, .inviteUnknown: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .inviteUsedUp, .joinKeyMismatch, .otherOrganisation: 409
            case .inviteExpired: 410
            case .tooLarge: 413
            case .tooManyRequests: 429
            case .internalError: 500
            case .recovering: 503
            case .storageFull: 507
            }
        }

        package var title: String {
            switch self {
            case .malformedRequest: "The request cannot be read"
            case .unsupportedVersion: "The relay does not speak this version of the protocol"
            case .unknownToken: "The device's token is not known here"
            case .deviceRevoked: "This device has been revoked"
            case .inviteUnknown: "This invite does not exist"
            case .inviteExpired: "This invite has expired"
            case .inviteUsedUp: "This invite has been used up"
            case .joinKeyMismatch: "This device is enrolled with another key"
            case .otherOrganisation: "The replica belongs to another organisation"
            case .notFound: "There is nothing at this address"
            case .methodNotAllowed: "The address does not answer to this method"
            case .tooLarge: "The request is too large"
            case .storageFull: "The relay has no room left"
            case .internalError: "The relay failed"
            case .recovering: "The relay is being recovered"
            case .tooManyRequests: "Too many requests"
            }
        }
    }

    package var kind: Kind
    package var detail: String
    /// What `Retry-After` says beside the document.
    package var retryAfterSeconds: Int?

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    static let typePrefix = "urn:canvass:problem:"

    package var value: Value {
        .map([
            .init("type", .text(Problem.typePrefix + kind.rawValue)), .init("title", .text(kind.title)),
            .init("status", .integer(Int64(kind.status))), .init("detail", .text(detail)),
        ])
    }

    /// Nil when the document is none of the relay's, for example a proxy's error page.
    package init?(value: Value) {
        guard let type = value["type"]?.textValue, type.hasPrefix(Problem.typePrefix),
            let kind = Kind(rawValue: String(type.dropFirst(Problem.typePrefix.count)))
        else { return nil }
        self.init(kind, value["detail"]?.textValue ?? kind.title)
    }

    /// A problem document of a type that this version does not know, by the class of its status.
    package init(status: Int, value: Value) {
        let known = Kind.allCases.first { $0.status == status }
        self.init(
            known ?? (status >= 500 ? .internalError : .malformedRequest),
            value["detail"]?.textValue ?? value["title"]?.textValue ?? "status \(status)")
    }
}
