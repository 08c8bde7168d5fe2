import CanvassSQLite

extension RelayFailure {
    /// What an operator can do about what the disk, or the file system, did to a relay; nil for any other error.
    package static func explaining(_ error: any Error) -> RelayFailure? {
        switch error {
        case let failure as RelayFailure: failure
        case let error as OpenError: RelayFailure(error)
        case let error as SQLiteError: RelayFailure(error)
        case let error as LogDatabaseError:
            RelayFailure(error.description, remedy: "see to the database server, and run the command again")
        default: nil
        }
    }

    private init(_ error: OpenError) {
        let remedy =
            switch error {
            case .notPermitted: "let the user of the relay write its folder, or make the medium writable"
            case .damaged: "copy the folder to a safe place, and bring back a backup with `canvass-relay restore FILE`"
            default: "name the folder of a relay with --data"
            }
        self.init("\(error)", remedy: "\(remedy); nothing was changed")
    }

    private init?(_ error: SQLiteError) {
        let place = error.path ?? "the database"
        if error.isFull {
            self.init(
                "the disk that holds \(place) is full",
                remedy: "make room on it, and run the command again; nothing was changed")
        } else if error.isReadOnly {
            self.init(
                "\(place) can be read but not written",
                remedy: "let the user of the relay write its folder, or make the medium writable; nothing was changed")
        } else if error.isInputOutput {
            self.init(
                "the disk that holds \(place) reports an error (\(error.message), SQLite \(error.extendedCode))",
                remedy: "look at the disk and at limits on the size of files, then run `canvass-relay verify \(place)`")
        } else {
            return nil
        }
    }
}
