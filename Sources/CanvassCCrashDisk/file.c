// Open files, as SQLite uses them.
#include "internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void enter(crash_file *file) { pthread_mutex_lock(&file->process->medium->mutex); }

static int leave(crash_file *file, int code) {
    pthread_mutex_unlock(&file->process->medium->mutex);
    return code;
}

static int begin(crash_file *file, enum crash_operation operation) {
    return file->inode->isTemporary ? 0 : crash_begin(file->process, operation, file->inode);
}

static int closeFile(sqlite3_file *base) {
    crash_file *file = (crash_file *)base;
    crash_process *process = file->process;
    enter(file);
    for (crash_file **link = &file->inode->files; *link; link = &(*link)->next) {
        if (*link == file) {
            *link = file->next;
            break;
        }
    }
    if (file->nameToDelete && !process->isStopped) crash_pend_remove(process->medium, file->nameToDelete);
    free(file->nameToDelete);
    crash_free_left(file->inode);
    crash_inode_release(file->inode);
    leave(file, SQLITE_OK);
    crash_process_drop(process);
    return SQLITE_OK;
}

static int readFile(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    crash_file *file = (crash_file *)base;
    enter(file);
    if (file->process->isStopped) return leave(file, SQLITE_IOERR_READ);
    const crash_buffer *buffer = &file->inode->current;
    uint64_t start = (uint64_t)offset;
    uint64_t available = start < buffer->size ? buffer->size - start : 0;
    uint64_t taken = available < (uint64_t)count ? available : (uint64_t)count;
    if (taken) memcpy(bytes, buffer->bytes + start, taken);
    memset((uint8_t *)bytes + taken, 0, (uint64_t)count - taken);
    return leave(file, taken < (uint64_t)count ? SQLITE_IOERR_SHORT_READ : SQLITE_OK);
}

static int writeFile(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    crash_file *file = (crash_file *)base;
    int failure = begin(file, CRASH_WRITE);
    if (failure == ENOSPC) return SQLITE_FULL;
    if (failure) return SQLITE_IOERR_WRITE;
    enter(file);
    uint64_t end = (uint64_t)offset + (uint64_t)count;
    if (!crash_has_room(file->process->medium, file->inode, end)) return leave(file, SQLITE_FULL);
    crash_pend_write(file->process->medium, file->inode, (uint64_t)offset, bytes, (uint64_t)count);
    return leave(file, SQLITE_OK);
}

static int truncateFile(sqlite3_file *base, sqlite3_int64 size) {
    crash_file *file = (crash_file *)base;
    if (begin(file, CRASH_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
    enter(file);
    crash_pend_truncate(file->process->medium, file->inode, (uint64_t)size);
    return leave(file, SQLITE_OK);
}

static int syncFile(sqlite3_file *base, int flags) {
    crash_file *file = (crash_file *)base;
    (void)flags;
    int failure = begin(file, CRASH_SYNC);
    if (failure) return failure == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
    enter(file);
    crash_sync_inode(file->process->medium, file->inode);
    if (file->syncsNames) crash_sync_names(file->process->medium);
    file->syncsNames = false;
    return leave(file, SQLITE_OK);
}

static int fileSize(sqlite3_file *base, sqlite3_int64 *size) {
    crash_file *file = (crash_file *)base;
    enter(file);
    if (file->process->isStopped) return leave(file, SQLITE_IOERR_FSTAT);
    *size = (sqlite3_int64)file->inode->current.size;
    return leave(file, SQLITE_OK);
}

/// SQLite shows every PRAGMA to the VFS before it obeys (<https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>,
/// SQLITE_FCNTL_PRAGMA). Its argument lies in memory of the statement, so a shorter one fits.
static int control(sqlite3_file *base, int code, void *argument) {
    crash_file *file = (crash_file *)base;
    if (code != SQLITE_FCNTL_PRAGMA || !file->process->medium->isSynchronousWeak) return SQLITE_NOTFOUND;
    char **pragma = argument;
    if (sqlite3_stricmp(pragma[1], "synchronous") == 0 && pragma[2] && pragma[2][0]) strcpy(pragma[2], "1");
    return SQLITE_NOTFOUND;
}

/// What the VFS for Unix says of an ordinary disk: large sectors, and a write spares its neighbours when power fails.
static int sectorSize(sqlite3_file *file) {
    (void)file;
    return 4096;
}

static int characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods crash_methods = {
    .iVersion = 2,
    .xClose = closeFile,
    .xRead = readFile,
    .xWrite = writeFile,
    .xTruncate = truncateFile,
    .xSync = syncFile,
    .xFileSize = fileSize,
    .xLock = crash_lock,
    .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_check_reserved,
    .xFileControl = control,
    .xSectorSize = sectorSize,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = crash_map,
    .xShmLock = crash_lock_slots,
    .xShmBarrier = crash_barrier,
    .xShmUnmap = crash_unmap,
};

static bool isNewLog(int flags) {
    int kinds = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    return (flags & kinds) && (flags & SQLITE_OPEN_CREATE);
}

/// The inode to open, with a reference for the file; NULL where it is missing and may not be made.
static crash_inode *find(crash_process *process, const char *name, int flags) {
    crash_medium *medium = process->medium;
    if (!name) {
        crash_inode *inode = crash_inode_create();
        inode->isTemporary = true;
        return inode;
    }
    pthread_mutex_lock(&medium->mutex);
    bool isMissing = crash_names_find(&medium->names, name) == NULL;
    pthread_mutex_unlock(&medium->mutex);
    if (isMissing) {
        if (!(flags & SQLITE_OPEN_CREATE)) return NULL;
        int failure = crash_process_create_file(process, name);
        if (failure && failure != EEXIST) return NULL;
    } else if (flags & SQLITE_OPEN_EXCLUSIVE) {
        return NULL;
    }
    pthread_mutex_lock(&medium->mutex);
    crash_inode *inode = crash_names_find(&medium->names, name);
    if (inode) crash_inode_retain(inode);
    pthread_mutex_unlock(&medium->mutex);
    return inode;
}

int crash_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *flagsOut) {
    crash_process *process = vfs->pAppData;
    crash_file *file = (crash_file *)base;
    memset(file, 0, sizeof *file);
    if (process->isStopped) return SQLITE_CANTOPEN;
    crash_inode *inode = find(process, name, flags);
    if (!inode) return SQLITE_CANTOPEN;
    pthread_mutex_lock(&process->medium->mutex);
    file->base.pMethods = &crash_methods;
    file->process = process;
    file->inode = inode;
    file->next = inode->files;
    inode->files = file;
    file->syncsNames = isNewLog(flags);
    if (name && (flags & SQLITE_OPEN_DELETEONCLOSE)) file->nameToDelete = crash_duplicate(name);
    process->references += 1;
    pthread_mutex_unlock(&process->medium->mutex);
    if (flagsOut) *flagsOut = flags;
    return SQLITE_OK;
}
