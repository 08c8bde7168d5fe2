#pragma once
#include "include/CanvassCCrashDisk.h"
#include <pthread.h>
#include <sqlite3.h>

// Invariants:
// 1. `current` is what can be read now. It equals `durable` with the pending operations applied in order, except after a
//    failed sync, whose forgotten writes are in `current` only.
// 2. Names are the same: `names` is what can be seen, `durableNames` with the pending operations on names applied.
// 3. Everything below is read and written under the medium's mutex alone.
// 4. An inode lives while a name, an open file or a pending operation refers to it.

enum { CRASH_SECTOR = 512, CRASH_LOCK_SLOTS = SQLITE_SHM_NLOCK, CRASH_REGION = 32768, CRASH_MAX_REGIONS = 64 };

typedef struct {
    uint8_t *bytes;
    uint64_t size;
    uint64_t capacity;
} crash_buffer;

typedef struct crash_file crash_file;

typedef struct crash_inode {
    unsigned references;
    /// Not counted, never pending: a temporary file without a name.
    bool isTemporary;
    crash_buffer current;
    crash_buffer durable;
    /// Those who have it open.
    crash_file *files;
    /// The wal-index: heap that stands for shared memory.
    uint8_t *regions[CRASH_MAX_REGIONS];
    /// The same as a process left it when it died, until a living one next asks.
    uint8_t *regionsAtDeath[CRASH_MAX_REGIONS];
    /// Regions that only dead processes still point to.
    uint8_t **left;
    size_t leftCount;
    size_t leftCapacity;
} crash_inode;

struct crash_file {
    sqlite3_file base;
    crash_process *process;
    crash_inode *inode;
    crash_file *next;
    /// SQLITE_LOCK_NONE to SQLITE_LOCK_EXCLUSIVE
    int lock;
    uint16_t sharedSlots;
    uint16_t exclusiveSlots;
    bool mapsMemory;
    /// Whether the next sync brings the names to the medium as well, as that of a new log or journal does.
    bool syncsNames;
    char *nameToDelete;
};

typedef struct {
    char *name;
    crash_inode *inode;
} crash_entry;

typedef struct {
    crash_entry *entries;
    size_t count;
    size_t capacity;
} crash_names;

typedef struct {
    enum { PENDING_WRITE, PENDING_TRUNCATE, PENDING_SET_NAME, PENDING_REMOVE_NAME, PENDING_RENAME } kind;
    crash_inode *inode;
    uint64_t offset;
    uint64_t count;
    uint8_t *bytes;
    char *name;
    char *source;
} crash_pending;

typedef struct {
    char *name;
    crash_process *process;
    uint64_t holder;
} crash_advisory_lock;

struct crash_medium {
    unsigned references;
    pthread_mutex_t mutex;
    uint64_t random;
    crash_names names;
    crash_names durableNames;
    crash_pending *pending;
    size_t pendingCount;
    size_t pendingCapacity;
    crash_process *processes;
    crash_advisory_lock *locks;
    size_t lockCount;
    size_t lockCapacity;
    uint64_t operations;
    uint64_t limit;
    bool isSynchronousWeak;
    void (*observer)(void *, uint64_t, enum crash_operation);
    void *observerContext;
};

struct crash_process {
    unsigned references;
    crash_medium *medium;
    crash_process *next;
    sqlite3_vfs vfs;
    char name[40];
    bool isStopped;
    /// Operations until the fault; 0: none waits.
    uint64_t countdown;
    enum crash_fault fault;
};

// memory.c: allocation ends the program where there is no memory, since nothing could be shown then.
void *crash_allocate(size_t size);
void *crash_grow(void *memory, size_t count, size_t *capacity, size_t itemSize);
char *crash_duplicate(const char *text);
void crash_buffer_resize(crash_buffer *buffer, uint64_t size);
void crash_buffer_write(crash_buffer *buffer, uint64_t offset, const void *bytes, uint64_t count);
uint64_t crash_random(uint64_t *state);
crash_inode *crash_inode_create(void);
void crash_inode_retain(crash_inode *inode);
void crash_inode_release(crash_inode *inode);
crash_inode *crash_names_find(const crash_names *names, const char *name);
void crash_names_set(crash_names *names, const char *name, crash_inode *inode);
void crash_names_remove(crash_names *names, const char *name);

// pending.c
void crash_pend_write(crash_medium *medium, crash_inode *inode, uint64_t offset, const void *bytes, uint64_t count);
void crash_pend_truncate(crash_medium *medium, crash_inode *inode, uint64_t size);
void crash_pend_name(crash_medium *medium, const char *name, crash_inode *inode);
void crash_pend_remove(crash_medium *medium, const char *name);
void crash_pend_rename(crash_medium *medium, const char *source, const char *name, crash_inode *inode);
void crash_sync_inode(crash_medium *medium, crash_inode *inode);
void crash_sync_names(crash_medium *medium);
void crash_fail_sync(crash_medium *medium, crash_inode *inode);
void crash_resolve(crash_medium *medium, enum crash_survival survival, uint64_t seed);

// process.c
/// Counts an operation and lets it fail where it must: 0 or an errno. Called without the mutex.
int crash_begin(crash_process *process, enum crash_operation operation, crash_inode *inode);
void crash_medium_retain(crash_medium *medium);
void crash_medium_drop(crash_medium *medium);
void crash_process_drop(crash_process *process);
/// Under the mutex.
void crash_stop(crash_process *process);
bool crash_has_room(crash_medium *medium, const crash_inode *inode, uint64_t end);

// locks.c
/// Takes from a process that has died the locks and the memory of a file.
void crash_lose_hold(crash_inode *inode, crash_process *process);
/// Frees the memory that dead processes were left with, once none of them has the file open.
void crash_free_left(crash_inode *inode);
int crash_lock(sqlite3_file *file, int level);
int crash_unlock(sqlite3_file *file, int level);
int crash_check_reserved(sqlite3_file *file, int *isReserved);
int crash_map(sqlite3_file *file, int region, int size, int isExtending, void volatile **memory);
int crash_lock_slots(sqlite3_file *file, int offset, int count, int flags);
void crash_barrier(sqlite3_file *file);
int crash_unmap(sqlite3_file *file, int isDeleting);

// file.c
extern const sqlite3_io_methods crash_methods;
int crash_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flagsOut);
