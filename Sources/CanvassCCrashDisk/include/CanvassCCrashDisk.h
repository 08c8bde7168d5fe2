#pragma once
// A disk in memory for SQLite, whose power can be cut and whose operations can fail: for the simulator and the tests,
// never for a product. README.md beside this folder says how to use it and what a cut may do.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The medium: what a machine's files hold, now and after a power cut. Any number of them live in one process.
typedef struct crash_medium crash_medium;

/// A process that has the medium's files open, with a VFS of its own. A medium may have several at once.
typedef struct crash_process crash_process;

/// An operation that changes the medium. These are counted, and these can fail.
enum crash_operation {
    CRASH_CREATE = 0,
    CRASH_WRITE = 1,
    CRASH_TRUNCATE = 2,
    CRASH_SYNC = 3,
    CRASH_REMOVE = 4,
    CRASH_RENAME = 5,
};

/// How an operation fails.
enum crash_fault {
    /// EIO. A failed sync leaves a random part of the pending writes durable and forgets the rest, as Linux does: they
    /// can still be read, but no later sync brings them to the medium.
    CRASH_IO_ERROR = 0,
    /// ENOSPC, once. For a disk that stays full, see `crash_medium_limit`.
    CRASH_FULL = 1,
    /// The process is dead: this operation and all that follow fail. What it wrote stays pending.
    CRASH_STOP = 2,
};

/// Which pending operations a power cut leaves behind.
enum crash_survival {
    CRASH_KEEP_NONE = 0,
    CRASH_KEEP_ALL = 1,
    /// The first ones, in the order in which they were made; the last of them torn at a sector.
    CRASH_KEEP_PREFIX = 2,
    /// Any of them, each write torn into sectors of 512 bytes that survive one by one.
    CRASH_KEEP_SUBSET = 3,
};

// The medium

crash_medium *crash_medium_create(uint64_t seed);
/// The same contents, durable and pending, held open by nobody.
crash_medium *crash_medium_copy(crash_medium *medium, uint64_t seed);
/// Gives up the reference. The memory goes when no process and no open file is left.
void crash_medium_release(crash_medium *medium);

/// Stops every process and decides what is left of what was pending.
void crash_medium_cut(crash_medium *medium, enum crash_survival survival, uint64_t seed);
/// Makes all that is pending durable, as after a quiet half minute.
void crash_medium_settle(crash_medium *medium);
/// Past this many bytes in all its files the medium is full; 0 for no limit.
void crash_medium_limit(crash_medium *medium, uint64_t bytes);
/// Operations that a cut now would decide about.
size_t crash_medium_pending(crash_medium *medium);
/// Operations counted so far.
uint64_t crash_medium_operations(crash_medium *medium);
/// Calls `observer` before each operation is carried out. It may copy the medium and work with the copy, and must not
/// touch the medium otherwise.
void crash_medium_observe(
    crash_medium *medium, void (*observer)(void *context, uint64_t number, enum crash_operation), void *context);
/// Plants a bug for a test of the tests: from now on "PRAGMA synchronous = …" sets NORMAL, whatever it asks for.
void crash_medium_weaken_synchronous(crash_medium *medium, bool isWeak);

// Files as the processes see them. A name is one flat text; there are no folders.

/// Bytes of a file, or -1 where there is none.
int64_t crash_medium_size(crash_medium *medium, const char *name);
/// Returns how many bytes were read, fewer than `count` only at the end of the file.
size_t crash_medium_read(crash_medium *medium, const char *name, uint64_t offset, void *bytes, size_t count);
/// Puts a file there at once, durably, in place of whatever had the name.
void crash_medium_put(crash_medium *medium, const char *name, const void *bytes, size_t count);
/// Damages the medium: turns one bit of a file, in what is durable and what can be read. False past its end.
bool crash_medium_flip(crash_medium *medium, const char *name, uint64_t offset, unsigned bit);
/// The name at an index, or NULL past the last. Valid until the medium is next changed.
const char *crash_medium_name(crash_medium *medium, size_t index);

// A process

crash_process *crash_process_create(crash_medium *medium);
/// Gives up the reference. The VFS lives until the last file it opened is closed.
void crash_process_release(crash_process *process);
/// The name of its VFS, for `sqlite3_open_v2`.
const char *crash_process_vfs(crash_process *process);
/// Makes the `nth` operation of this process from now on fail (1: the next). One fault can wait at a time.
void crash_process_fail(crash_process *process, uint64_t nth, enum crash_fault fault);
/// Kills it: every further call fails, and its locks are free.
void crash_process_stop(crash_process *process);
bool crash_process_is_stopped(crash_process *process);

// File operations for those who do not come through SQLite; each returns 0 or an errno.

int crash_process_create_file(crash_process *process, const char *name);
int crash_process_write(
    crash_process *process, const char *name, uint64_t offset, const void *bytes, size_t count);
int crash_process_truncate(crash_process *process, const char *name, uint64_t size);
int crash_process_sync(crash_process *process, const char *name);
int crash_process_sync_names(crash_process *process);
/// Fails with EEXIST where `target` is there and `isReplacing` is false; then `name` stays as well (a hard link).
int crash_process_rename(crash_process *process, const char *name, const char *target, bool isReplacing);
int crash_process_remove(crash_process *process, const char *name);

/// The advisory lock of a name: true where it was free, or is held by `holder` already. It goes with the process.
bool crash_process_lock(crash_process *process, const char *name, uint64_t holder);
void crash_process_unlock(crash_process *process, const char *name, uint64_t holder);

/// Seeds the random numbers that SQLite itself uses in this process (the salts of write-ahead logs), so that the same
/// run writes the same bytes. For all media of the process together.
void crash_seed_sqlite(uint32_t seed);
