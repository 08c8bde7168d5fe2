/// One decision: what happens at one moment to one node.
///
/// The numbers are read modulo what there is to choose from, so a step stays a step when those before it are removed.
package struct Step: Sendable, Hashable {
    package enum Action: String, Sendable, CaseIterable {
        // What people do
        case record, edit, delete, restore, settle
        /// Opens a form on what is shown, and commits it later.
        case form
        case sync
        /// Erases what somebody recorded.
        case erase
        /// Makes a bundle; takes one in; hands one to the relay.
        case bundle, take, carry
        // What happens to a device
        /// The process ends; what it wrote is there.
        case kill
        /// The power goes; what was not brought to the disk may be there or not.
        case cut
        /// Keeps a copy of the file, for `retrieve`.
        case copy
        /// Puts the last copy in the place of the file.
        case retrieve
        /// Copies the file to another machine, where somebody works on.
        case clone
        case clock
        case partition
        /// One more process on the same file, or one less.
        case process
        /// Examines the file, as `canvass doctor` does.
        case doctor
        // What happens to the relay
        case relayKill, relayCut
        /// Keeps a backup, for `relayRetrieve`, which restores the last one.
        case relayCopy, relayRetrieve
        /// Loses all that the relay has but the recovery sheet.
        case relayWipe
        /// Disturbs the relay's disk.
        case relayFault
        // What an operator does
        case grant, revoke
        // What somebody hostile does with the token of a device
        case forge
    }

    /// Milliseconds since the step before.
    package var delay: Int
    package var node: Int
    package var action: Action
    /// The seed of the details; 0 is the plainest.
    package var detail: UInt64
    /// 0, or what the disk of the node does meanwhile: see `DiskFault`.
    package var fault: UInt64

    package init(delay: Int, node: Int, action: Action, detail: UInt64, fault: UInt64) {
        self.delay = delay
        self.node = node
        self.action = action
        self.detail = detail
        self.fault = fault
    }
}
