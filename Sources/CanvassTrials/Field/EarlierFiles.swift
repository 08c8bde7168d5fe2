import CanvassCoding

/// Files that earlier versions of the schema made, as they were.
package enum EarlierFiles {
    /// A member's replica: five responses to the survey "field", one of them corrected in two copies of the file, which
    /// left a fork and a conflict about "score".
    package static func replica(version: Int) throws -> [UInt8] {
        switch version {
        case 1: try Deflate.decompress(PackageResources.replica_version_1_deflate, maximumBytes: 1 << 20)
        default: throw WorkloadFailure("there is no replica file of schema version \(version)")
        }
    }

    /// The relay that this member joined, with an admin who made the survey.
    package static func relay(version: Int) throws -> [UInt8] {
        switch version {
        case 1: try Deflate.decompress(PackageResources.relay_version_1_deflate, maximumBytes: 1 << 20)
        default: throw WorkloadFailure("there is no relay file of schema version \(version)")
        }
    }
}
