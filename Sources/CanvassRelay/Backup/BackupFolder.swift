#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder of backups that are named by the time they were made, so that the order of their names is that of their age.
enum BackupFolder {
    private static let prefix = "relay-"
    private static let suffix = ".sqlite"

    /// "relay-20260301-140509.sqlite", in UTC.
    static func name(at milliseconds: Int64) -> String {
        prefix + TimeText.utc(milliseconds, format: "%Y%m%d-%H%M%S") + suffix
    }

    /// Removes the oldest backups until `count` are left. Whatever is named otherwise is not looked at.
    ///
    /// - Returns: the names of those that were removed.
    static func prune(_ folder: String, keeping count: Int) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isName(name) { names.append(name) }
        }
        return names.sorted().dropLast(count).filter { unlink("\(folder)/\($0)") == 0 }
    }

    private static func isName(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        let digits = middle.split(separator: "-", omittingEmptySubsequences: false)
        return digits.map(\.count) == [8, 6] && digits.joined().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
