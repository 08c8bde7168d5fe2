extension ArgumentKind where Parsed == Int64 {
    /// A number of bytes such as `512`, `64KB`, `20MB` or `1.5GB`; 1 KB is 1024 bytes.
    package static var byteCount: ArgumentKind<Int64> {
        ArgumentKind<Int64>(placeholder: "SIZE", describe: { ByteCountText.format($0) }) {
            (text) throws(InvalidArgument) -> Int64 in
            guard let bytes = ByteCountText.parse(text) else {
                throw InvalidArgument("a number of bytes such as 64KB, 20MB or 1.5GB")
            }
            return bytes
        }
    }
}

/// Numbers of bytes as people write and read them.
package enum ByteCountText {
    private static let units: [(name: String, bytes: Int64)] = [
        ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10),
    ]

    /// Nil for what is no such number, or is beyond 64 bits.
    static func parse(_ text: String) -> Int64? {
        let unit = units.first { text.uppercased().hasSuffix($0.name) }
        let number = unit.map { String(text.dropLast($0.name.count)) } ?? text
        guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let value = Double(number), unit != nil || Int64(number) != nil
        else { return nil }
        return Int64(exactly: (value * Double(unit?.bytes ?? 1)).rounded())
    }

    /// One decimal at most, in the greatest unit that leaves a whole number: "64 MB", "1.5 GB", "0".
    package static func format(_ bytes: Int64) -> String {
        guard let unit = units.first(where: { bytes.magnitude >= $0.bytes.magnitude }) else { return "\(bytes)" }
        let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded()
        let text = NumberText.grouped(Int64(tenths / 10))
        let rest = Int(tenths.magnitude.truncatingRemainder(dividingBy: 10))
        return text + (rest == 0 ? "" : ".\(rest)") + unit.name
    }
}
