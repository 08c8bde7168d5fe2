import Canvass
import CanvassCRDT
import CanvassCoding
import CanvassStore
import CanvassTrials
import Foundation

/// Other engines on the same workload, where they can be had: each row is Canvass, with a peer as its anchor.
///
/// The peers keep everything in memory; Canvass checks, hashes, and has it on the disk.
struct PeersBenchmark: Benchmark {
    let name = "peers"
    let summary = "pycrdt and loro on the same responses, from PyPI into an environment in the scratch folder"
    let isPartOfAll = false

    func run(in session: BenchmarkSession, into outcome: inout BenchmarkOutcome) async throws {
        let folder = try session.scratch.makeFolder()
        guard let python = ExecutableSearch.find("python3") else {
            return outcome.skip("the peers", because: "there is no python3 on the PATH")
        }
        let environment: PythonEnvironment
        do {
            environment = try await PythonEnvironment(python, in: folder)
        } catch {
            return outcome.skip("the peers", because: "python3 made no virtual environment (\(error))")
        }
        for peer in Peer.names {
            do {
                try await environment.install(peer)
            } catch {
                outcome.skip(peer, because: "pip could not install it (\(error))")
            }
        }
        let workload = PeerWorkload(count: session.rounds(10_000, quick: 500))
        let rounds = session.rounds(7, quick: 2)
        let peers = try await environment.measure(workload, rounds: rounds)
        // What could not be installed was said above.
        guard !peers.isEmpty else { return }
        let canvass = try workload.measure(rounds: rounds, session)
        for peer in peers { add(canvass, beside: peer, to: &outcome) }
    }

    private func add(_ canvass: Peer, beside peer: Peer, to outcome: inout BenchmarkOutcome) {
        for (what, unit, samples) in [
            ("record", FigureUnit.seconds, \Peer.record), ("apply", .seconds, \.apply), ("bytes of", .bytes, \.bytes),
        ] {
            outcome.add(
                Figure(
                    name: "\(what) a response, beside \(peer.name)", unit: unit, samples: canvass[keyPath: samples],
                    anchor: .init(name: "\(peer.name) \(peer.version)", samples: peer[keyPath: samples])))
        }
    }
}
