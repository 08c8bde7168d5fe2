// The locks between connections, and the memory that they share. Each open file is an owner of its own, as two
// processes would be.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

static void enter(crash_file *file) { pthread_mutex_lock(&file->process->medium->mutex); }

static int leave(crash_file *file, int code) {
    pthread_mutex_unlock(&file->process->medium->mutex);
    return code;
}

static bool anotherHas(const crash_file *file, int level) {
    for (crash_file *other = file->inode->files; other; other = other->next) {
        if (other != file && other->lock >= level) return true;
    }
    return false;
}

/// The rules of <https://sqlite.org/lockingv3.html>, section 3.
int crash_lock(sqlite3_file *base, int level) {
    crash_file *file = (crash_file *)base;
    enter(file);
    if (file->process->isStopped) return leave(file, SQLITE_IOERR_LOCK);
    if (file->lock >= level) return leave(file, SQLITE_OK);
    switch (level) {
    case SQLITE_LOCK_SHARED:
        if (anotherHas(file, SQLITE_LOCK_PENDING)) return leave(file, SQLITE_BUSY);
        break;
    case SQLITE_LOCK_RESERVED:
        if (anotherHas(file, SQLITE_LOCK_RESERVED)) return leave(file, SQLITE_BUSY);
        break;
    default:
        if (anotherHas(file, SQLITE_LOCK_RESERVED)) return leave(file, SQLITE_BUSY);
        if (anotherHas(file, SQLITE_LOCK_SHARED)) {
            file->lock = SQLITE_LOCK_PENDING;
            return leave(file, SQLITE_BUSY);
        }
    }
    file->lock = level;
    return leave(file, SQLITE_OK);
}

int crash_unlock(sqlite3_file *base, int level) {
    crash_file *file = (crash_file *)base;
    enter(file);
    if (file->lock > level) file->lock = level;
    return leave(file, SQLITE_OK);
}

int crash_check_reserved(sqlite3_file *base, int *isReserved) {
    crash_file *file = (crash_file *)base;
    enter(file);
    *isReserved = file->lock >= SQLITE_LOCK_RESERVED || anotherHas(file, SQLITE_LOCK_RESERVED);
    return leave(file, SQLITE_OK);
}

static bool isMapped(const crash_inode *inode) {
    for (const crash_file *file = inode->files; file; file = file->next) {
        if (file->mapsMemory && !file->process->isStopped) return true;
    }
    return false;
}

/// A dead process still runs its clean-up here, which a real one does not, and may write to the memory. So the living
/// get back what was there at its death; with nobody living, the next ones get other memory.
void crash_lose_hold(crash_inode *inode, crash_process *process) {
    bool hasMapped = false;
    for (crash_file *file = inode->files; file; file = file->next) {
        if (file->process != process) continue;
        hasMapped = hasMapped || file->mapsMemory;
        file->mapsMemory = false;
        file->lock = SQLITE_LOCK_NONE;
        file->sharedSlots = 0;
        file->exclusiveSlots = 0;
    }
    if (!hasMapped) return;
    bool isLeft = !isMapped(inode);
    for (int index = 0; index < CRASH_MAX_REGIONS && inode->regions[index]; index++) {
        if (!isLeft) {
            if (!inode->regionsAtDeath[index]) inode->regionsAtDeath[index] = crash_allocate(CRASH_REGION);
            memcpy(inode->regionsAtDeath[index], inode->regions[index], CRASH_REGION);
            continue;
        }
        inode->left = crash_grow(inode->left, inode->leftCount, &inode->leftCapacity, sizeof *inode->left);
        inode->left[inode->leftCount++] = inode->regions[index];
        inode->regions[index] = NULL;
        free(inode->regionsAtDeath[index]);
        inode->regionsAtDeath[index] = NULL;
    }
}

void crash_free_left(crash_inode *inode) {
    for (const crash_file *file = inode->files; file; file = file->next) {
        if (file->process->isStopped) return;
    }
    while (inode->leftCount) free(inode->left[--inode->leftCount]);
}

static void restoreMemory(crash_inode *inode) {
    for (int index = 0; index < CRASH_MAX_REGIONS && inode->regionsAtDeath[index]; index++) {
        memcpy(inode->regions[index], inode->regionsAtDeath[index], CRASH_REGION);
        free(inode->regionsAtDeath[index]);
        inode->regionsAtDeath[index] = NULL;
    }
}

int crash_map(sqlite3_file *base, int region, int size, int isExtending, void volatile **memory) {
    crash_file *file = (crash_file *)base;
    crash_inode *inode = file->inode;
    *memory = NULL;
    enter(file);
    if (file->process->isStopped) return leave(file, SQLITE_IOERR_SHMMAP);
    if (size != CRASH_REGION || region >= CRASH_MAX_REGIONS) return leave(file, SQLITE_IOERR_SHMSIZE);
    restoreMemory(inode);
    if (!isMapped(inode)) {
        // The first one finds it empty: the wal-index is made anew from the log.
        for (int index = 0; index < CRASH_MAX_REGIONS && inode->regions[index]; index++) {
            memset(inode->regions[index], 0, CRASH_REGION);
        }
    }
    file->mapsMemory = true;
    if (!inode->regions[region] && isExtending) inode->regions[region] = crash_allocate(CRASH_REGION);
    *memory = inode->regions[region];
    return leave(file, SQLITE_OK);
}

int crash_lock_slots(sqlite3_file *base, int offset, int count, int flags) {
    crash_file *file = (crash_file *)base;
    uint16_t mask = (uint16_t)(((1u << count) - 1) << offset);
    enter(file);
    if (file->process->isStopped) return leave(file, SQLITE_IOERR_SHMLOCK);
    restoreMemory(file->inode);
    if (flags & SQLITE_SHM_UNLOCK) {
        file->sharedSlots &= (uint16_t)~mask;
        file->exclusiveSlots &= (uint16_t)~mask;
        return leave(file, SQLITE_OK);
    }
    bool isExclusive = flags & SQLITE_SHM_EXCLUSIVE;
    for (crash_file *other = file->inode->files; other; other = other->next) {
        if (other == file) continue;
        uint16_t taken = other->exclusiveSlots | (isExclusive ? other->sharedSlots : 0);
        if (taken & mask) return leave(file, SQLITE_BUSY);
    }
    *(isExclusive ? &file->exclusiveSlots : &file->sharedSlots) |= mask;
    return leave(file, SQLITE_OK);
}

void crash_barrier(sqlite3_file *base) {
    enter((crash_file *)base);
    leave((crash_file *)base, SQLITE_OK);
}

int crash_unmap(sqlite3_file *base, int isDeleting) {
    crash_file *file = (crash_file *)base;
    (void)isDeleting;
    enter(file);
    file->mapsMemory = false;
    file->sharedSlots = 0;
    file->exclusiveSlots = 0;
    return leave(file, SQLITE_OK);
}
