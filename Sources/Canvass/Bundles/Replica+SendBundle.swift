import CanvassCRDT
import CanvassHTTPClient
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

extension Replica {
    /// Hands a bundle to the relay as it is, for whoever made it, whether this device may read it or not. The relay goes by
    /// the seals of the devices that made the changes.
    ///
    /// - Parameter address: of the relay; nil for the one that this replica joined.
    /// - Throws: `CanvassError` as `sync` does, or as `importBundle` for a file that is no bundle of this organisation.
    public func sendBundle(_ bytes: [UInt8], to address: String? = nil) async throws(CanvassError) -> BundleDelivery {
        let bundle = try ownBundle(bytes)
        let (joined, token) = try read { connection in
            (try connection.metaText(.relay), try connection.metaText(.token))
        }
        guard let relay = address ?? joined, let token else {
            throw CanvassError(
                .notJoined, "This device has not joined a relay yet",
                remedy: "Join with the link of an invite: canvass join LINK")
        }
        guard let transport = HTTPTransport(address: relay) else {
            throw CanvassError(
                .invalidInput, "\"\(relay)\" is no address of a relay", remedy: "It looks like https://HOST.")
        }
        do {
            return try await send(bundle, over: transport, token: token, relay: relay)
        } catch  where error.code == .tokenUnknown {
            guard let token = try await joinAgain(over: transport, relay: relay) else { throw error }
            return try await send(bundle, over: transport, token: token, relay: relay)
        }
    }

    private func send(
        _ bundle: Bundle, over transport: some RelayTransport, token: String, relay: String
    ) async throws(CanvassError) -> BundleDelivery {
        let (roster, rosterSeal) = try read { connection in
            (try connection.metaInteger(.rosterPosition) ?? 0, try connection.metaBytes(.rosterSeal))
        }
        var delivery = BundleDelivery(relay: relay, delivered: 0, refused: [], lost: bundle.losses)
        var refused: [SyncAnswer.Refusal] = []
        for segments in bundle.batches(ofBytes: SyncLimits().pushBytes) {
            // Nothing of the answer is kept: this is a delivery for somebody else, and no sync.
            let request = SyncRequest(
                bookmark: nil, vectors: [], reports: [], push: segments.map(\.bytes), certificates: bundle.certificates,
                roster: UInt64(clamping: roster), clock: environment.nowMilliseconds(), pageBytes: 0,
                rosterSeal: rosterSeal)
            let answer: SyncAnswer
            do {
                answer = try await transport.sync(request, token: token)
            } catch {
                throw CanvassError(error, relay: relay, during: .sync)
            }
            refused += answer.refused
            for segment in segments where !answer.refused.contains(where: segment.isNamed(by:)) {
                delivery.delivered += segment.changes
            }
        }
        delivery.refused = try descriptions(of: refused)
        return delivery
    }
}

/// A segment as it is sent, without a look into it.
private struct Parcel {
    let bytes: [UInt8]
    let name: Segment?

    var changes: Int { name?.count ?? 0 }

    func isNamed(by refusal: SyncAnswer.Refusal) -> Bool {
        refusal.scope == name?.scope && refusal.replica == name?.replica && refusal.firstSequence == name?.firstSequence
    }
}

extension Bundle {
    /// The segments in requests of so many bytes; one segment at least in each.
    fileprivate func batches(ofBytes limit: Int) -> [[Parcel]] {
        var batches: [[Parcel]] = []
        var byteCount = 0
        for bytes in segments {
            if batches.isEmpty || byteCount + bytes.count > limit {
                batches.append([])
                byteCount = 0
            }
            byteCount += bytes.count
            batches[batches.count - 1].append(Parcel(bytes: bytes, name: try? Segment(decoding: bytes)))
        }
        return batches
    }
}
