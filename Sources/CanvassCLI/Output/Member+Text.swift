import Canvass
import CanvassCRDT
import CanvassCoding

extension Member {
    /// "Ana: collector of Winter"
    func description(in campaigns: [Campaign]) -> String {
        let roles = membership.roles.sorted().map(\.rawValue).joined(separator: ", ")
        guard let campaign = membership.campaign else { return "\(name): \(roles)" }
        let known = campaigns.first { $0.id == campaign }?.name ?? "the campaign \(campaign)"
        return "\(name): \(roles) of \(known)"
    }

    var value: Value {
        [
            "id": .text(id.description), "name": .text(name),
            "campaign": Value(membership.campaign?.description),
            "roles": .list(membership.roles.sorted().map { .text($0.rawValue) }),
            "team": Value(membership.team?.description), "language": Value(language), "isOwn": .bool(isOwn),
        ]
    }
}
