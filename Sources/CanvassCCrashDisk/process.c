// Processes: a VFS each, the faults that wait for them, and their life and death.
#include "internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void enter(crash_process *process) { pthread_mutex_lock(&process->medium->mutex); }

static int leave(crash_process *process, int code) {
    pthread_mutex_unlock(&process->medium->mutex);
    return code;
}

static void loseHold(const crash_names *names, crash_process *process) {
    for (size_t index = 0; index < names->count; index++) crash_lose_hold(names->entries[index].inode, process);
}

void crash_stop(crash_process *process) {
    if (process->isStopped) return;
    process->isStopped = true;
    crash_medium *medium = process->medium;
    loseHold(&medium->names, process);
    loseHold(&medium->durableNames, process);
    size_t kept = 0;
    for (size_t index = 0; index < medium->lockCount; index++) {
        if (medium->locks[index].process == process) {
            free(medium->locks[index].name);
        } else {
            medium->locks[kept++] = medium->locks[index];
        }
    }
    medium->lockCount = kept;
}

int crash_begin(crash_process *process, enum crash_operation operation, crash_inode *inode) {
    crash_medium *medium = process->medium;
    enter(process);
    if (process->isStopped) return leave(process, EIO);
    uint64_t number = ++medium->operations;
    void (*observer)(void *, uint64_t, enum crash_operation) = medium->observer;
    bool fails = process->countdown && --process->countdown == 0;
    leave(process, 0);
    if (observer) observer(medium->observerContext, number, operation);
    if (!fails) return 0;
    enter(process);
    if (process->fault == CRASH_STOP) crash_stop(process);
    if (process->fault == CRASH_IO_ERROR && operation == CRASH_SYNC && inode) crash_fail_sync(medium, inode);
    return leave(process, process->fault == CRASH_FULL ? ENOSPC : EIO);
}

bool crash_has_room(crash_medium *medium, const crash_inode *inode, uint64_t end) {
    if (!medium->limit || end <= inode->current.size) return true;
    uint64_t used = end - inode->current.size;
    for (size_t index = 0; index < medium->names.count; index++) used += medium->names.entries[index].inode->current.size;
    return used <= medium->limit;
}

static int fullPath(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    (void)vfs;
    if (strlen(name) >= (size_t)count) return SQLITE_CANTOPEN;
    strcpy(path, name);
    return SQLITE_OK;
}

static int removeFile(sqlite3_vfs *vfs, const char *name, int syncsNames) {
    crash_process *process = vfs->pAppData;
    int failure = crash_process_remove(process, name);
    if (failure) return failure == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (syncsNames && crash_process_sync_names(process)) return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
}

/// As on Unix, an empty file does not count as one that exists.
static int accessFile(sqlite3_vfs *vfs, const char *name, int flags, int *isThere) {
    crash_process *process = vfs->pAppData;
    enter(process);
    if (process->isStopped) return leave(process, SQLITE_IOERR_ACCESS);
    crash_inode *inode = crash_names_find(&process->medium->names, name);
    *isThere = inode && (flags != SQLITE_ACCESS_EXISTS || inode->current.size > 0);
    return leave(process, SQLITE_OK);
}

static int randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    crash_process *process = vfs->pAppData;
    enter(process);
    for (int index = 0; index < count; index++) bytes[index] = (char)crash_random(&process->medium->random);
    return leave(process, count);
}

/// Nobody waits in a simulation: who is asked to wait finds the time gone.
static int sleepFor(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

/// The Julian day of 1970 in milliseconds: SQL that asks for the time gets the same in every run.
static int currentTime(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    (void)vfs;
    *milliseconds = 210866760000000;
    return SQLITE_OK;
}

static int currentDay(sqlite3_vfs *vfs, double *day) {
    sqlite3_int64 milliseconds = 0;
    currentTime(vfs, &milliseconds);
    *day = (double)milliseconds / 86400000.0;
    return SQLITE_OK;
}

static int lastError(sqlite3_vfs *vfs, int count, char *text) {
    (void)vfs;
    if (count > 0) text[0] = 0;
    return 0;
}

crash_process *crash_process_create(crash_medium *medium) {
    static pthread_mutex_t numbering = PTHREAD_MUTEX_INITIALIZER;
    static uint64_t last;
    crash_process *process = crash_allocate(sizeof *process);
    process->references = 1;
    process->medium = medium;
    crash_medium_retain(medium);
    enter(process);
    process->next = medium->processes;
    medium->processes = process;
    leave(process, 0);
    pthread_mutex_lock(&numbering);
    snprintf(process->name, sizeof process->name, "canvass-crash-disk-%llu", (unsigned long long)++last);
    pthread_mutex_unlock(&numbering);
    process->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(crash_file),
        .mxPathname = 512,
        .zName = process->name,
        .pAppData = process,
        .xOpen = crash_open,
        .xDelete = removeFile,
        .xAccess = accessFile,
        .xFullPathname = fullPath,
        .xRandomness = randomness,
        .xSleep = sleepFor,
        .xCurrentTime = currentDay,
        .xGetLastError = lastError,
        .xCurrentTimeInt64 = currentTime,
    };
    sqlite3_vfs_register(&process->vfs, 0);
    return process;
}

void crash_process_drop(crash_process *process) {
    crash_medium *medium = process->medium;
    enter(process);
    bool isLast = --process->references == 0;
    if (isLast) {
        crash_stop(process);
        for (crash_process **link = &medium->processes; *link; link = &(*link)->next) {
            if (*link == process) {
                *link = process->next;
                break;
            }
        }
    }
    leave(process, 0);
    if (!isLast) return;
    sqlite3_vfs_unregister(&process->vfs);
    free(process);
    crash_medium_drop(medium);
}

void crash_process_release(crash_process *process) { crash_process_drop(process); }

const char *crash_process_vfs(crash_process *process) { return process->name; }

void crash_process_fail(crash_process *process, uint64_t nth, enum crash_fault fault) {
    enter(process);
    process->countdown = nth;
    process->fault = fault;
    leave(process, 0);
}

void crash_process_stop(crash_process *process) {
    enter(process);
    crash_stop(process);
    leave(process, 0);
}

bool crash_process_is_stopped(crash_process *process) {
    enter(process);
    return leave(process, process->isStopped);
}

int crash_process_create_file(crash_process *process, const char *name) {
    int failure = crash_begin(process, CRASH_CREATE, NULL);
    if (failure) return failure;
    enter(process);
    if (crash_names_find(&process->medium->names, name)) return leave(process, EEXIST);
    crash_inode *inode = crash_inode_create();
    crash_pend_name(process->medium, name, inode);
    crash_inode_release(inode);
    return leave(process, 0);
}

/// Counts an operation on a file and finds it, with a reference.
static int beginOn(crash_process *process, const char *name, enum crash_operation operation, crash_inode **inode) {
    enter(process);
    *inode = crash_names_find(&process->medium->names, name);
    if (!*inode) return leave(process, process->isStopped ? EIO : ENOENT);
    crash_inode_retain(*inode);
    leave(process, 0);
    int failure = crash_begin(process, operation, *inode);
    enter(process);
    if (failure) crash_inode_release(*inode);
    return leave(process, failure);
}

static int endOn(crash_process *process, crash_inode *inode, int code) {
    crash_inode_release(inode);
    return leave(process, code);
}

int crash_process_write(
    crash_process *process, const char *name, uint64_t offset, const void *bytes, size_t count) {
    crash_inode *inode;
    int failure = beginOn(process, name, CRASH_WRITE, &inode);
    if (failure) return failure;
    enter(process);
    if (!crash_has_room(process->medium, inode, offset + count)) return endOn(process, inode, ENOSPC);
    crash_pend_write(process->medium, inode, offset, bytes, count);
    return endOn(process, inode, 0);
}

int crash_process_truncate(crash_process *process, const char *name, uint64_t size) {
    crash_inode *inode;
    int failure = beginOn(process, name, CRASH_TRUNCATE, &inode);
    if (failure) return failure;
    enter(process);
    crash_pend_truncate(process->medium, inode, size);
    return endOn(process, inode, 0);
}

int crash_process_sync(crash_process *process, const char *name) {
    crash_inode *inode;
    int failure = beginOn(process, name, CRASH_SYNC, &inode);
    if (failure) return failure;
    enter(process);
    crash_sync_inode(process->medium, inode);
    return endOn(process, inode, 0);
}

int crash_process_sync_names(crash_process *process) {
    int failure = crash_begin(process, CRASH_SYNC, NULL);
    if (failure) return failure;
    enter(process);
    crash_sync_names(process->medium);
    return leave(process, 0);
}

int crash_process_rename(crash_process *process, const char *name, const char *target, bool isReplacing) {
    crash_inode *inode;
    int failure = beginOn(process, name, CRASH_RENAME, &inode);
    if (failure) return failure;
    enter(process);
    if (isReplacing) {
        crash_pend_rename(process->medium, name, target, inode);
    } else if (crash_names_find(&process->medium->names, target)) {
        return endOn(process, inode, EEXIST);
    } else {
        crash_pend_name(process->medium, target, inode);
    }
    return endOn(process, inode, 0);
}

int crash_process_remove(crash_process *process, const char *name) {
    crash_inode *inode;
    int failure = beginOn(process, name, CRASH_REMOVE, &inode);
    if (failure) return failure;
    enter(process);
    crash_pend_remove(process->medium, name);
    return endOn(process, inode, 0);
}

bool crash_process_lock(crash_process *process, const char *name, uint64_t holder) {
    crash_medium *medium = process->medium;
    enter(process);
    if (process->isStopped) return leave(process, 0);
    for (size_t index = 0; index < medium->lockCount; index++) {
        crash_advisory_lock *lock = &medium->locks[index];
        if (strcmp(lock->name, name) == 0) return leave(process, lock->process == process && lock->holder == holder);
    }
    medium->locks = crash_grow(medium->locks, medium->lockCount, &medium->lockCapacity, sizeof *medium->locks);
    medium->locks[medium->lockCount++] = (crash_advisory_lock){crash_duplicate(name), process, holder};
    return leave(process, 1);
}

void crash_process_unlock(crash_process *process, const char *name, uint64_t holder) {
    crash_medium *medium = process->medium;
    enter(process);
    for (size_t index = 0; index < medium->lockCount; index++) {
        crash_advisory_lock *lock = &medium->locks[index];
        if (lock->process != process || lock->holder != holder || strcmp(lock->name, name) != 0) continue;
        free(lock->name);
        *lock = medium->locks[--medium->lockCount];
        break;
    }
    leave(process, 0);
}

void crash_seed_sqlite(uint32_t seed) { sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed ? seed : 1), 0); }
