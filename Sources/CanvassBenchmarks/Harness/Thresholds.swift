import CanvassCoding
import CanvassCommandLine
import Foundation

/// The limits and targets of all figures, from one file.
///
/// Why a limit is what it is, and what to do where it is exceeded, is told once for all that have the same reason.
///
/// A figure is named with its size ("100,000 responses"): a small run has other names, and is held against nothing.
struct Thresholds: Sendable {
    private let byBenchmark: [String: [String: Threshold]]

    /// What the program comes with: `thresholds.json` in its sources.
    static func standard() throws(UserError) -> Thresholds {
        try Thresholds(PackageResources.thresholds_json, file: "the limits in this program")
    }

    /// - Parameter path: a file in the form of `thresholds.json`.
    init(path: String) throws(UserError) {
        let bytes: [UInt8]
        do {
            bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
        } catch {
            throw UserError(
                code: "thresholds.unreadable", "the limits cannot be read", place: path,
                why: error.localizedDescription, remedy: "name a file that exists with --thresholds")
        }
        try self.init(bytes, file: path)
    }

    /// - Parameter file: what to call it in an error.
    init(_ bytes: [UInt8], file: String) throws(UserError) {
        do {
            let document = try JSON.decode(bytes)
            let reasons = document["reasons"] ?? .map([])
            var byBenchmark: [String: [String: Threshold]] = [:]
            for benchmark in document["benchmarks"]?.mapValue ?? [] {
                for figure in benchmark.value.mapValue ?? [] {
                    let threshold = try Threshold(figure.value, reasons: reasons, name: figure.key)
                    byBenchmark[benchmark.key, default: [:]][figure.key] = threshold
                }
            }
            guard !byBenchmark.isEmpty else {
                throw CodingError(format: "limits", reason: "\"benchmarks\" holds no figure", offset: 0)
            }
            self.byBenchmark = byBenchmark
        } catch {
            throw UserError(
                code: "thresholds.malformed", "the limits cannot be understood", place: file, why: "\(error)",
                remedy: "write it as `thresholds.json` in the sources of the benchmarks is written")
        }
    }

    subscript(benchmark: String, figure: String) -> Threshold? { byBenchmark[benchmark]?[figure] }

    /// The names of figures that a benchmark should have and has not: somebody renamed one, and its limit with it was lost.
    func unknown(_ benchmark: String, besides figures: [String]) -> [String] {
        Set(byBenchmark[benchmark, default: [:]].keys).subtracting(figures).sorted()
    }
}

extension Threshold {
    /// The reason that holds where none is named.
    private static let commonReason = "time"

    fileprivate init(_ value: Value, reasons: Value, name: String) throws(CodingError) {
        limit = try Self.bound("limit", of: value, name)
        target = try Self.bound("target", of: value, name)
        stretch = try Self.bound("stretch", of: value, name)
        let reason = value["reason"]?.textValue ?? Self.commonReason
        guard let source = reasons[reason]?["source"]?.textValue, let remedy = reasons[reason]?["remedy"]?.textValue
        else {
            throw CodingError(
                format: "limits", reason: "\"\(name)\" has the reason \"\(reason)\", of which nothing is told",
                offset: 0)
        }
        self.source = source
        self.remedy = remedy
    }

    private static func bound(_ key: String, of value: Value, _ name: String) throws(CodingError) -> Bound? {
        guard let member = value[key] else { return nil }
        guard let bound = Bound(member) else {
            throw CodingError(
                format: "limits", reason: "the \(key) of \"\(name)\" is neither a value nor a ratio", offset: 0)
        }
        return bound
    }
}
