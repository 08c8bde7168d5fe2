import CanvassCRDT
import CanvassCoding

/// What a relay that lost everything needs to be the same relay again: the organisation and its key, on paper.
package struct RecoverySheet: Hashable, Sendable {
    let organisation: EntityID
    let key: [UInt8]

    /// The word that the line with the code begins with.
    package static let keyword = "canvass-recovery-1"
    private static let checkByteCount = 5
    private static let groupLength = 5

    /// One line: the keyword, then organisation, key and a check against slips of the pen, in base 32, in groups.
    package var line: String {
        let bytes = organisation.bytes + key
        let text = Base32.encode(bytes + RecoverySheet.check(bytes))
        let groups = stride(from: 0, to: text.count, by: RecoverySheet.groupLength).map { start in
            text.dropFirst(start).prefix(RecoverySheet.groupLength)
        }
        return "\(RecoverySheet.keyword) \(groups.joined(separator: "-"))"
    }

    init(organisation: EntityID, key: [UInt8]) {
        self.organisation = organisation
        self.key = key
    }

    /// Reads the line out of the text of a sheet, in either case, grouped or not, over as many lines as it takes.
    ///
    /// - Throws: `RelayFailure`.
    package init(text: String) throws(RelayFailure) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let keyword = words.firstIndex(where: { $0.lowercased() == RecoverySheet.keyword }) else {
            throw RelayFailure(
                "the text is no recovery sheet", remedy: "give the file with the line that begins with \(Self.keyword)")
        }
        let count = 16 + OrganisationKey.byteCount
        // Five bits a character, rounded up. What else is on the sheet may stand behind it.
        let length = ((count + Self.checkByteCount) * 8 + 4) / 5
        let code = String(words[(keyword + 1)...].joined().filter { $0 != "-" }.prefix(length))
        guard let bytes = try? Base32.decode(code), bytes.count == count + Self.checkByteCount,
            Array(bytes[count...]) == Self.check(Array(bytes[..<count])),
            let organisation = try? EntityID(bytes: Array(bytes[..<16]))
        else {
            throw RelayFailure(
                "the recovery sheet was copied with a mistake: its check does not fit",
                remedy: "compare the code character by character")
        }
        self.init(organisation: organisation, key: Array(bytes[16..<count]))
    }

    private static func check(_ bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.digest(of: bytes).bytes.prefix(checkByteCount))
    }
}

extension Relay {
    package var recoverySheet: RecoverySheet {
        RecoverySheet(organisation: identity.organisation, key: identity.key.bytes)
    }
}
