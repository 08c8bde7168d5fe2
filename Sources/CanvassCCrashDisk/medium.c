// The medium as a whole.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

static void enter(crash_medium *medium) { pthread_mutex_lock(&medium->mutex); }

static void leave(crash_medium *medium) { pthread_mutex_unlock(&medium->mutex); }

crash_medium *crash_medium_create(uint64_t seed) {
    crash_medium *medium = crash_allocate(sizeof *medium);
    medium->references = 1;
    medium->random = seed;
    pthread_mutex_init(&medium->mutex, NULL);
    return medium;
}

void crash_medium_retain(crash_medium *medium) {
    enter(medium);
    medium->references += 1;
    leave(medium);
}

static void emptyNames(crash_names *names) {
    while (names->count) crash_names_remove(names, names->entries[names->count - 1].name);
    free(names->entries);
}

void crash_medium_drop(crash_medium *medium) {
    enter(medium);
    bool isLast = --medium->references == 0;
    leave(medium);
    if (!isLast) return;
    crash_resolve(medium, CRASH_KEEP_NONE, 0);
    free(medium->pending);
    emptyNames(&medium->names);
    emptyNames(&medium->durableNames);
    for (size_t index = 0; index < medium->lockCount; index++) free(medium->locks[index].name);
    free(medium->locks);
    pthread_mutex_destroy(&medium->mutex);
    free(medium);
}

void crash_medium_release(crash_medium *medium) { crash_medium_drop(medium); }

typedef struct {
    crash_inode *old;
    crash_inode *new;
} pair;

typedef struct {
    pair *pairs;
    size_t count;
    size_t capacity;
} pairs;

static void copyBuffer(crash_buffer *target, const crash_buffer *source) {
    crash_buffer_write(target, 0, source->bytes, source->size);
}

static crash_inode *copyOf(pairs *pairs, crash_inode *old) {
    if (!old) return NULL;
    for (size_t index = 0; index < pairs->count; index++) {
        if (pairs->pairs[index].old == old) return pairs->pairs[index].new;
    }
    crash_inode *new = crash_inode_create();
    copyBuffer(&new->current, &old->current);
    copyBuffer(&new->durable, &old->durable);
    pairs->pairs = crash_grow(pairs->pairs, pairs->count, &pairs->capacity, sizeof *pairs->pairs);
    pairs->pairs[pairs->count++] = (pair){old, new};
    return new;
}

static void copyNames(crash_names *target, const crash_names *source, pairs *pairs) {
    for (size_t index = 0; index < source->count; index++) {
        crash_names_set(target, source->entries[index].name, copyOf(pairs, source->entries[index].inode));
    }
}

crash_medium *crash_medium_copy(crash_medium *medium, uint64_t seed) {
    crash_medium *copy = crash_medium_create(seed);
    pairs pairs = {0};
    enter(medium);
    copy->limit = medium->limit;
    copyNames(&copy->names, &medium->names, &pairs);
    copyNames(&copy->durableNames, &medium->durableNames, &pairs);
    for (size_t index = 0; index < medium->pendingCount; index++) {
        crash_pending pending = medium->pending[index];
        pending.inode = copyOf(&pairs, pending.inode);
        if (pending.inode) crash_inode_retain(pending.inode);
        if (pending.bytes) pending.bytes = memcpy(crash_allocate(pending.count), pending.bytes, pending.count);
        if (pending.name) pending.name = crash_duplicate(pending.name);
        if (pending.source) pending.source = crash_duplicate(pending.source);
        copy->pending = crash_grow(copy->pending, copy->pendingCount, &copy->pendingCapacity, sizeof *copy->pending);
        copy->pending[copy->pendingCount++] = pending;
    }
    leave(medium);
    for (size_t index = 0; index < pairs.count; index++) crash_inode_release(pairs.pairs[index].new);
    free(pairs.pairs);
    return copy;
}

void crash_medium_cut(crash_medium *medium, enum crash_survival survival, uint64_t seed) {
    enter(medium);
    for (crash_process *process = medium->processes; process; process = process->next) crash_stop(process);
    crash_resolve(medium, survival, seed);
    leave(medium);
}

void crash_medium_settle(crash_medium *medium) {
    enter(medium);
    while (medium->pendingCount) {
        crash_inode *inode = medium->pending[0].inode;
        if (inode) crash_sync_inode(medium, inode);
        crash_sync_names(medium);
    }
    leave(medium);
}

void crash_medium_limit(crash_medium *medium, uint64_t bytes) {
    enter(medium);
    medium->limit = bytes;
    leave(medium);
}

size_t crash_medium_pending(crash_medium *medium) {
    enter(medium);
    size_t count = medium->pendingCount;
    leave(medium);
    return count;
}

uint64_t crash_medium_operations(crash_medium *medium) {
    enter(medium);
    uint64_t operations = medium->operations;
    leave(medium);
    return operations;
}

void crash_medium_observe(
    crash_medium *medium, void (*observer)(void *, uint64_t, enum crash_operation), void *context) {
    enter(medium);
    medium->observer = observer;
    medium->observerContext = context;
    leave(medium);
}

void crash_medium_weaken_synchronous(crash_medium *medium, bool isWeak) {
    enter(medium);
    medium->isSynchronousWeak = isWeak;
    leave(medium);
}

int64_t crash_medium_size(crash_medium *medium, const char *name) {
    enter(medium);
    crash_inode *inode = crash_names_find(&medium->names, name);
    int64_t size = inode ? (int64_t)inode->current.size : -1;
    leave(medium);
    return size;
}

size_t crash_medium_read(crash_medium *medium, const char *name, uint64_t offset, void *bytes, size_t count) {
    enter(medium);
    crash_inode *inode = crash_names_find(&medium->names, name);
    uint64_t available = inode && offset < inode->current.size ? inode->current.size - offset : 0;
    size_t taken = available < count ? (size_t)available : count;
    if (taken) memcpy(bytes, inode->current.bytes + offset, taken);
    leave(medium);
    return taken;
}

void crash_medium_put(crash_medium *medium, const char *name, const void *bytes, size_t count) {
    enter(medium);
    crash_inode *inode = crash_inode_create();
    crash_buffer_write(&inode->current, 0, bytes, count);
    crash_buffer_write(&inode->durable, 0, bytes, count);
    crash_pend_name(medium, name, inode);
    crash_sync_names(medium);
    crash_inode_release(inode);
    leave(medium);
}

bool crash_medium_flip(crash_medium *medium, const char *name, uint64_t offset, unsigned bit) {
    enter(medium);
    crash_inode *inode = crash_names_find(&medium->names, name);
    bool isThere = inode && offset < inode->current.size;
    if (isThere) inode->current.bytes[offset] ^= (uint8_t)(1u << (bit & 7));
    if (isThere && offset < inode->durable.size) inode->durable.bytes[offset] ^= (uint8_t)(1u << (bit & 7));
    leave(medium);
    return isThere;
}

const char *crash_medium_name(crash_medium *medium, size_t index) {
    enter(medium);
    const char *name = index < medium->names.count ? medium->names.entries[index].name : NULL;
    leave(medium);
    return name;
}
