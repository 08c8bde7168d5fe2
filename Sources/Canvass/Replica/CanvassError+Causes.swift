import CanvassCRDT
import CanvassCoding
import CanvassSQLite
import CanvassStore
import CanvassSync
import CanvassWire

extension CanvassError {
    /// The error for a person, whatever a layer below threw.
    ///
    /// - Parameter place: the replica's path.
    init(_ cause: any Error, place: String) {
        switch cause {
        case let error as CanvassError: self = error
        case let error as OpenError: self.init(error)
        case let error as SchemaError: self.init(error, place: place)
        case let error as StoreError: self.init(error, place: place)
        case let error as SQLiteError: self.init(error, place: place)
        case let error as DoctorError: self.init(error)
        case let error as BackupError: self.init(error)
        case let error as SegmentError:
            self.init(
                .relayRefused, "The relay sent something that cannot be applied (\(error.description))",
                remedy: "Nothing was changed. Ask the operator to run 'canvass-relay verify'.")
        case let error as CodingError:
            self.init(
                .replicaDamaged, "\(place) holds something unreadable (\(error.description))",
                remedy: CanvassError.damageRemedy)
        default: self.init(.storage, "\(cause)", remedy: "Nothing was changed; try again.")
        }
    }

    static func writeProtected(_ place: String) -> CanvassError {
        CanvassError(
            .replicaUnusable,
            "\(place) can be read but not written: the file, its folder or its medium is write-protected",
            remedy: "Nothing was changed. Check the permissions of file and folder, or make the medium writable.")
    }

    private static let damageRemedy =
        "Copy the file to a safe place first. Then 'canvass doctor --repair' mends what the log can mend, and 'canvass doctor --salvage FILE' saves what is readable."

    private init(_ error: DoctorError) {
        switch error {
        case .exists(let path):
            self.init(.invalidInput, "There is a file at \(path) already", remedy: "Choose another name.")
        case .notRead:
            self.init(
                .replicaDamaged, "\(error.description)", remedy: "Try another copy of the file, or restore a backup.")
        case .notWritten:
            self.init(
                .storage, "\(error.description)", remedy: "Choose a folder that you may write to, with room for it.")
        case .notRepairable(let path, _):
            self.init(
                .replicaDamaged, "\(error.description)",
                remedy: "Nothing was changed. Save what is readable: canvass doctor --replica \(path) --salvage FILE")
        case .noIdentity:
            self.init(
                .replicaDamaged, "\(error.description)",
                remedy: "Nothing was changed. Restore a backup, or join anew and sync: the relay has what was sent.")
        }
    }

    private init(_ error: BackupError) {
        switch error {
        case .targetExists(let path):
            self.init(
                .invalidInput, "There is a file at \(path) already",
                remedy: "Choose another name, or replace it with --replace.")
        case .targetInUse:
            self.init(.invalidInput, "\(error.description)", remedy: "Choose another name.")
        case .stopped:
            self.init(.interrupted, "\(error.description)", remedy: "Nothing of it is left; run the command again.")
        case .folderMissing, .notWritten:
            self.init(
                .storage, "\(error.description)", remedy: "Choose a folder that you may write to, with room for it.")
        }
    }

    private init(_ error: OpenError) {
        switch error {
        case .fileMissing(let path):
            self.init(
                .replicaMissing, "There is no replica at \(path)",
                remedy: "Make one with 'canvass init', or name another with --replica.")
        case .notADatabase(let path), .notAFile(let path):
            self.init(
                .replicaUnusable, "\(path) is no replica", remedy: "Name another file with --replica.")
        case .damaged(let path, let finding):
            self.init(
                .replicaDamaged, "\(path) is damaged (\(finding))",
                remedy: CanvassError.damageRemedy)
        case .moved:
            self.init(
                .replicaUnusable, "\(error.description)",
                remedy:
                    "Nothing was written. Put the file back, or name the one to go on with, and run the command again.")
        case .invalidPath, .folderMissing, .notPermitted:
            self.init(
                .replicaUnusable, "The replica cannot be opened: \(error.description)",
                remedy: "Choose a file in a folder that you may write to, with --replica.")
        }
    }

    private init(_ error: SchemaError, place: String) {
        switch error {
        case .newer(let found, let known):
            self.init(
                .replicaNewer, "\(place) was made by a newer version (schema \(found); this one knows \(known))",
                remedy: "Install the newer Canvass; nothing was changed.")
        case .altered:
            self.init(
                .replicaDamaged, "\(place) cannot be trusted: \(error.description)",
                remedy: "Nothing was changed. Take what is sound into a new file: canvass doctor --salvage NEW.canvass")
        case .older, .foreign:
            self.init(
                .replicaUnusable, "\(place) is no replica: \(error.description)",
                remedy: "Name another file with --replica.")
        }
    }

    private init(_ error: StoreError, place: String) {
        switch error {
        case .changeTooLarge(let bytes):
            self.init(
                .invalidInput, "One change would have \(bytes) bytes; the limit is \(ChangeLimits.maximumBytes)",
                remedy: "Shorten the longest text.")
        case .invalidEdit(let reason):
            self.init(
                .invalidInput, "This cannot be written: \(reason)",
                remedy: "Nothing was changed. Simplify what is nested deeply.")
        case .gap, .invalidChange:
            self.init(
                .relayRefused, "The relay sent a change that cannot be applied: \(error.description)",
                remedy: "Nothing was changed. Try again; if it stays, tell the operator.")
        case .exists(let path):
            self.init(
                .replicaExists, "There is a replica at \(path) already",
                remedy: "Open that one, or choose another path.")
        case .unfinished:
            self.init(
                .replicaUnfinished, "There is no replica at \(place) yet: making it was cut short",
                remedy: "Run 'canvass init', or 'canvass join LINK', once more.")
        case .damaged:
            self.init(
                .replicaDamaged, "\(place): \(error.description)",
                remedy: CanvassError.damageRemedy)
        }
    }

    private init(_ error: SQLiteError, place: String) {
        if error.isInterrupted, error.operation == SQLiteError.waiting {
            self.init(.interrupted, error.message, remedy: "Run the same command again to go on.")
        } else if error.isBusy {
            let isLock = error.operation == SQLiteError.waiting
            self.init(
                .replicaBusy, isLock ? error.message : "Another program keeps \(place) to itself",
                remedy: "This write was not made. Wait for that program, or end it; then run the command again.")
        } else if error.isFull {
            self.init(
                .storage, "The disk that holds \(place) is full", remedy: "Free some space and try again.")
        } else if error.isReadOnly {
            self = .writeProtected(place)
        } else if error.isCorrupt || error.isNotADatabase {
            self.init(
                .replicaDamaged, "\(place) is damaged (\(error.message))",
                remedy: CanvassError.damageRemedy)
        } else if error.isInputOutput {
            self.init(
                .storage,
                "The disk that holds \(place) reports an error (\(error.message), SQLite \(error.extendedCode))",
                remedy:
                    "Nothing was changed. Check the disk, its free space and limits on the size of files; then try again, and let 'canvass doctor' look at the file."
            )
        } else {
            // The statement is of use to nobody but the makers.
            self.init(
                .storage, "\(place): \(error.operation): \(error.message) (SQLite \(error.extendedCode))",
                remedy: "Nothing was changed; try again.")
        }
    }
}
