import CanvassCommandLine

/// Numbers of things.
enum CountText {
    /// "1 response", "1,204 responses"
    static func of(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(NumberText.grouped(Int64(count))) \(count == 1 ? noun : plural ?? noun + "s")"
    }
}
