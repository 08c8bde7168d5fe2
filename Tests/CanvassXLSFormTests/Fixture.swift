import Foundation
import Testing

/// The workbooks that `Fixtures/make_fixtures.py` makes.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try #require(URL(string: "Fixtures/", relativeTo: Bundle.module.resourceURL))
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }
}
