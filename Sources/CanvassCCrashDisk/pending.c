// What has been asked for and is not yet on the medium, and what becomes of it.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

static crash_pending *append(crash_medium *medium, int kind, crash_inode *inode) {
    medium->pending = crash_grow(
        medium->pending, medium->pendingCount, &medium->pendingCapacity, sizeof *medium->pending);
    crash_pending *pending = &medium->pending[medium->pendingCount++];
    *pending = (crash_pending){.kind = kind, .inode = inode};
    if (inode) crash_inode_retain(inode);
    return pending;
}

static void clear(crash_pending *pending) {
    if (pending->inode) crash_inode_release(pending->inode);
    free(pending->bytes);
    free(pending->name);
    free(pending->source);
}

void crash_pend_write(crash_medium *medium, crash_inode *inode, uint64_t offset, const void *bytes, uint64_t count) {
    crash_buffer_write(&inode->current, offset, bytes, count);
    if (inode->isTemporary || count == 0) return;
    crash_pending *pending = append(medium, PENDING_WRITE, inode);
    pending->offset = offset;
    pending->count = count;
    pending->bytes = memcpy(crash_allocate(count), bytes, count);
}

void crash_pend_truncate(crash_medium *medium, crash_inode *inode, uint64_t size) {
    crash_buffer_resize(&inode->current, size);
    if (!inode->isTemporary) append(medium, PENDING_TRUNCATE, inode)->offset = size;
}

void crash_pend_name(crash_medium *medium, const char *name, crash_inode *inode) {
    crash_names_set(&medium->names, name, inode);
    append(medium, PENDING_SET_NAME, inode)->name = crash_duplicate(name);
}

void crash_pend_remove(crash_medium *medium, const char *name) {
    crash_names_remove(&medium->names, name);
    append(medium, PENDING_REMOVE_NAME, NULL)->name = crash_duplicate(name);
}

void crash_pend_rename(crash_medium *medium, const char *source, const char *name, crash_inode *inode) {
    crash_names_set(&medium->names, name, inode);
    crash_names_remove(&medium->names, source);
    crash_pending *pending = append(medium, PENDING_RENAME, inode);
    pending->name = crash_duplicate(name);
    pending->source = crash_duplicate(source);
}

static bool isOfNames(const crash_pending *pending) { return pending->kind >= PENDING_SET_NAME; }

/// Carries an operation out on what is durable.
static void apply(crash_medium *medium, const crash_pending *pending) {
    switch (pending->kind) {
    case PENDING_WRITE:
        crash_buffer_write(&pending->inode->durable, pending->offset, pending->bytes, pending->count);
        break;
    case PENDING_TRUNCATE: crash_buffer_resize(&pending->inode->durable, pending->offset); break;
    case PENDING_SET_NAME: crash_names_set(&medium->durableNames, pending->name, pending->inode); break;
    case PENDING_REMOVE_NAME: crash_names_remove(&medium->durableNames, pending->name); break;
    case PENDING_RENAME:
        crash_names_set(&medium->durableNames, pending->name, pending->inode);
        crash_names_remove(&medium->durableNames, pending->source);
        break;
    }
}

/// Applies what `inode` waits for, or the names where it is NULL, and keeps the rest.
static void sync(crash_medium *medium, crash_inode *inode) {
    size_t kept = 0;
    for (size_t index = 0; index < medium->pendingCount; index++) {
        crash_pending *pending = &medium->pending[index];
        bool isMeant = inode ? !isOfNames(pending) && pending->inode == inode : isOfNames(pending);
        if (isMeant) {
            apply(medium, pending);
            clear(pending);
        } else {
            medium->pending[kept++] = *pending;
        }
    }
    medium->pendingCount = kept;
}

void crash_sync_inode(crash_medium *medium, crash_inode *inode) { sync(medium, inode); }

void crash_sync_names(crash_medium *medium) { sync(medium, NULL); }

typedef struct {
    uint64_t random;
    /// Of 8, how many pending pieces survive.
    uint64_t rate;
    /// Whether a hole in a file that grew holds whatever lay there on the medium, instead of zeros.
    bool hasGarbage;
} chance;

static chance draw(uint64_t seed) {
    chance drawn = {.random = seed};
    static const uint64_t rates[] = {1, 4, 7};
    drawn.rate = rates[crash_random(&drawn.random) % 3];
    drawn.hasGarbage = crash_random(&drawn.random) % 2;
    return drawn;
}

static bool survives(chance *chance) { return crash_random(&chance->random) % 8 < chance->rate; }

/// A file system may record the new size of a file before what was written there.
static void extend(crash_buffer *buffer, uint64_t size, chance *chance) {
    uint64_t old = buffer->size;
    if (size <= old) return;
    crash_buffer_resize(buffer, size);
    if (!chance->hasGarbage) return;
    for (uint64_t index = old; index < size; index++) buffer->bytes[index] = (uint8_t)crash_random(&chance->random);
}

static void applyTorn(const crash_pending *pending, chance *chance) {
    uint64_t end = pending->offset + pending->count;
    if (survives(chance)) extend(&pending->inode->durable, end, chance);
    for (uint64_t start = pending->offset; start < end;) {
        uint64_t next = (start / CRASH_SECTOR + 1) * CRASH_SECTOR;
        if (next > end) next = end;
        if (survives(chance)) {
            extend(&pending->inode->durable, start, chance);
            crash_buffer_write(
                &pending->inode->durable, start, pending->bytes + (start - pending->offset), next - start);
        }
        start = next;
    }
}

static void applyPerhaps(crash_medium *medium, const crash_pending *pending, chance *chance) {
    if (pending->kind == PENDING_WRITE) {
        applyTorn(pending, chance);
    } else if (survives(chance)) {
        apply(medium, pending);
    }
}

void crash_fail_sync(crash_medium *medium, crash_inode *inode) {
    chance chance = draw(crash_random(&medium->random));
    size_t kept = 0;
    for (size_t index = 0; index < medium->pendingCount; index++) {
        crash_pending *pending = &medium->pending[index];
        if (!isOfNames(pending) && pending->inode == inode) {
            applyPerhaps(medium, pending, &chance);
            clear(pending);
        } else {
            medium->pending[kept++] = *pending;
        }
    }
    medium->pendingCount = kept;
}

/// After a cut what is durable is all that there is.
static void showDurable(crash_medium *medium) {
    while (medium->names.count) crash_names_remove(&medium->names, medium->names.entries[0].name);
    for (size_t index = 0; index < medium->durableNames.count; index++) {
        crash_entry *entry = &medium->durableNames.entries[index];
        crash_inode *inode = entry->inode;
        crash_names_set(&medium->names, entry->name, inode);
        crash_buffer_resize(&inode->current, 0);
        crash_buffer_write(&inode->current, 0, inode->durable.bytes, inode->durable.size);
    }
}

void crash_resolve(crash_medium *medium, enum crash_survival survival, uint64_t seed) {
    chance chance = draw(seed);
    size_t count = medium->pendingCount;
    size_t whole = survival == CRASH_KEEP_ALL ? count : 0;
    if (survival == CRASH_KEEP_PREFIX) whole = crash_random(&chance.random) % (count + 1);
    for (size_t index = 0; index < count; index++) {
        crash_pending *pending = &medium->pending[index];
        if (index < whole) {
            apply(medium, pending);
        } else if (survival == CRASH_KEEP_SUBSET) {
            applyPerhaps(medium, pending, &chance);
        } else if (survival == CRASH_KEEP_PREFIX && index == whole && pending->kind == PENDING_WRITE) {
            uint64_t sectors = crash_random(&chance.random) % (pending->count / CRASH_SECTOR + 1);
            crash_buffer_write(
                &pending->inode->durable, pending->offset, pending->bytes, sectors * CRASH_SECTOR);
        }
        clear(pending);
    }
    medium->pendingCount = 0;
    showDurable(medium);
}
