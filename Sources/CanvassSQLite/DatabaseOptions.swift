/// How a `Database` treats its file. The defaults suit a replica.
package struct DatabaseOptions: Sendable {
    package var mode: OpenMode
    /// Where the file lies.
    package var disk: any Disk
    /// How long a write waits for another process to finish its own.
    package var lockTimeout: Duration = .seconds(60)
    /// What to do while it waits.
    package var waiting: LockWaiting
    /// How long SQLite waits for a program that does not know the write lock. A second belt.
    package var busyTimeoutMilliseconds: Int32 = 10_000
    /// Size of the write-ahead log past which a write also moves it into the file.
    package var checkpointThresholdBytes = 4 << 20
    package var enforcesForeignKeys = true
    /// Overwrites deleted content with zeros (`secure_delete`), so that what a person asked to erase is gone.
    package var erasesDeletedContent = true

    package init(
        mode: OpenMode = .create, disk: any Disk = SystemDisk(), waiting: LockWaiting = LockWaiting()
    ) {
        self.mode = mode
        self.disk = disk
        self.waiting = waiting
    }
}
