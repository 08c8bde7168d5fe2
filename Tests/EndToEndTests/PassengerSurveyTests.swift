import CanvassCoding
import Foundation
import TestSupport
import Testing

/// The main job on a real survey, with the real binaries: 2,831 interviews in 212 runs, collected by twelve devices
/// without a network, merged through a relay, and reported by three reviewers.
@Suite(.enabled(if: SharedData.isSFO2017Present, "shared/data/sfo-2017 is not beside the checkout"))
struct PassengerSurveyTests {
    private static let collectors = (1...12).map { "collector-\($0)" }
    private static let reviewers = (1...3).map { "reviewer-\($0)" }

    @Test func `twelve offline collectors and three reviewers agree on every figure of the survey`() async throws {
        let organisation = try Organisation()
        try await organisation.startRelay()
        try await publishSurvey(organisation)
        try await enrol(Self.collectors, role: "collector", in: organisation)
        try await organisation.stopRelay()

        let shares = try splitByRun(count: Self.collectors.count, into: organisation.folder)
        for (collector, share) in zip(Self.collectors, shares) {
            let outcome = try await organisation.json(collector, "response", "import", "sfo2017", share.path)
            #expect(outcome["added"]?.integerValue == Int64(share.rows))
            #expect(outcome["rejected"]?.integerValue == 0)
        }

        try await organisation.startRelay()
        for collector in Self.collectors { try await organisation.json(collector, "sync") }
        try await enrol(Self.reviewers, role: "reviewer", in: organisation)
        for person in Self.collectors + Self.reviewers { try await organisation.json(person, "sync") }

        for reviewer in Self.reviewers { try await checkFigures(of: reviewer, in: organisation) }
        try await checkDigests(in: organisation)
        try await checkQueries(of: Self.reviewers[0], in: organisation)
        try await checkSecondImport(shares[0], in: organisation)
    }

    // MARK: Steps

    private func publishSurvey(_ organisation: Organisation) async throws {
        try await organisation.json("designer", "join", organisation.adminLink, "--name", "Designer")
        try await organisation.json("designer", "campaign", "create", "sfo")
        try await organisation.json(
            "designer", "survey", "import", SharedData.sfo2017.appending(path: "form.xlsx").path)
        try await organisation.json("designer", "survey", "publish", "sfo2017")
        try await organisation.json("designer", "sync")
    }

    private func enrol(_ people: [String], role: String, in organisation: Organisation) async throws {
        for person in people {
            let link = try await organisation.invite("--campaign", "sfo", "--role", role, "--name", person)
            try await organisation.json(person, "join", link)
            try await organisation.json(person, "sync")
        }
    }

    /// Splits the file so that each run, which stands for a device, goes to one collector.
    private func splitByRun(
        count: Int, into folder: TemporaryFolder
    ) throws -> [(path: String, rows: Int)] {
        let file = [UInt8](try Data(contentsOf: SharedData.sfo2017.appending(path: "responses.csv")))
        let reader = try CSVReader(file)
        let runColumn = try #require(reader.header.firstIndex(of: "RUNID"))
        var collectorOfRun: [String: Int] = [:]
        var writers = (0..<count).map { _ in CSVWriter(isSafe: false) }
        var rows = Array(repeating: 0, count: count)
        for index in writers.indices { writers[index].row(reader.header) }
        for row in reader {
            let fields = try row.result.get()
            let collector = collectorOfRun[fields[runColumn]] ?? collectorOfRun.count % count
            collectorOfRun[fields[runColumn]] = collector
            writers[collector].row(fields)
            rows[collector] += 1
        }
        #expect(collectorOfRun.count == 212)
        #expect(rows.reduce(0, +) == 2831)
        return try writers.indices.map { index in
            let url = folder.url.appending(path: "share-\(index + 1).csv")
            try Data(writers[index].bytes).write(to: url)
            return (url.path, rows[index])
        }
    }

    // MARK: Checks

    /// The facts table of the data's own README, computed there independently of Canvass.
    private func checkFigures(of reviewer: String, in organisation: Organisation) async throws {
        let document = try await organisation.json(reviewer, "report", "sfo2017")
        let report = try #require(document["report"])
        #expect(report["responses"]?.integerValue == 2831)
        #expect(report["flagged"]?.integerValue == 1)
        let runs = document["distinctAnswers"]?.listValue?.first { $0["question"]?.textValue == "RUNID" }
        #expect(runs?["distinct"]?.integerValue == 212)

        let recommend = try #require(metric("NETPRO", of: report))
        #expect(recommend["n"]?.integerValue == 2746)
        #expect(recommend["promoters"]?.integerValue == 1436)
        #expect(recommend["passives"]?.integerValue == 968)
        #expect(recommend["detractors"]?.integerValue == 342)
        expect(recommend["score"], 39.8398)
        expect(recommend["low"], 37.1824)
        expect(recommend["high"], 42.4102)

        let satisfaction = try #require(metric("Q7ALL", of: report))
        #expect(satisfaction["n"]?.integerValue == 2688)
        #expect(satisfaction["satisfied"]?.integerValue == 2206)
        expect(satisfaction["share"], 82.0685)
        expect(satisfaction["low"], 80.5728)
        expect(satisfaction["high"], 83.4726)
        expect(satisfaction["mean"], 4.0644)

        let strata = try #require(report["breakdowns"]?.listValue?.first { $0["name"]?.textValue == "STRATA" })
        for (key, score, count) in [("1", 45.7523, 977), ("2", 32.6347, 1002), ("3", 41.7210, 767)] {
            let group = try #require(strata["groups"]?.listValue?.first { $0["key"]?.textValue == key })
            let part = try #require(metric("NETPRO", of: group))
            #expect(part["n"]?.integerValue == Int64(count))
            expect(part["score"], score)
        }
    }

    private func metric(_ question: String, of document: Value) -> Value? {
        document["metrics"]?.listValue?.first { $0["question"]?.textValue == question }
    }

    /// Equal to four decimals.
    private func expect(
        _ value: Value?, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = value?.doubleValue ?? .nan
        #expect(abs(found - expected) <= 0.00005, "\(found)", sourceLocation: sourceLocation)
    }

    /// Whoever holds a scope holds the same state of it.
    private func checkDigests(in organisation: Organisation) async throws {
        var digestOfScope: [String: String] = [:]
        for reviewer in Self.reviewers {
            let digests = try await organisation.digests(of: reviewer)
            #expect(digests.keys.filter { $0.hasPrefix("responses/") }.count == Self.collectors.count)
            for (scope, digest) in digests { #expect(digestOfScope[scope, default: digest] == digest) }
            digestOfScope.merge(digests) { $1 }
        }
        for collector in Self.collectors {
            let digests = try await organisation.digests(of: collector)
            #expect(digests.keys.filter { $0.hasPrefix("responses/") }.count == 1)
            for (scope, digest) in digests { #expect(digestOfScope[scope] == digest) }
        }
    }

    /// `canvass query` and any other SQLite program read the same data.
    private func checkQueries(of reviewer: String, in organisation: Organisation) async throws {
        let sql = "SELECT count(*), avg(NETPRO) FROM responses_sfo2017 WHERE NETPRO <= 10"
        let rows = try #require(try await organisation.json(reviewer, "query", sql).listValue)
        #expect(rows.count == 1)
        #expect(rows[0]["count(*)"]?.integerValue == 2746)
        let average = try #require(rows[0]["avg(NETPRO)"]?.doubleValue)
        #expect(average > 7 && average < 9)

        guard let shell = Executables.find("sqlite3") else { return }
        let outcome = try await BinaryRunner.run(shell, [organisation.path(of: reviewer), sql])
        let fields = outcome.outputText.split(separator: "|").map { Double($0.filter { !$0.isNewline }) }
        #expect(fields.first == 2746)
        // The shell prints 15 digits.
        #expect(abs(((fields.last ?? nil) ?? 0) - average) < 1e-12)
    }

    private func checkSecondImport(
        _ share: (path: String, rows: Int), in organisation: Organisation
    ) async throws {
        let again = try await organisation.json(
            Self.collectors[0], "response", "import", "sfo2017", share.path)
        #expect(again["added"]?.integerValue == 0)
        #expect(again["known"]?.integerValue == Int64(share.rows))
    }
}
