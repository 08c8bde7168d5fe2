#include "internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *crash_allocate(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) {
        fputs("crash disk: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *crash_grow(void *memory, size_t count, size_t *capacity, size_t itemSize) {
    if (count < *capacity) return memory;
    *capacity = *capacity ? *capacity * 2 : 16;
    void *grown = realloc(memory, *capacity * itemSize);
    if (!grown) {
        fputs("crash disk: out of memory\n", stderr);
        abort();
    }
    return grown;
}

char *crash_duplicate(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(crash_allocate(size), text, size);
}

void crash_buffer_resize(crash_buffer *buffer, uint64_t size) {
    if (size > buffer->capacity) {
        uint64_t capacity = buffer->capacity ? buffer->capacity : 4096;
        while (capacity < size) capacity *= 2;
        uint8_t *bytes = crash_allocate(capacity);
        if (buffer->size) memcpy(bytes, buffer->bytes, buffer->size);
        free(buffer->bytes);
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    } else if (size > buffer->size) {
        memset(buffer->bytes + buffer->size, 0, size - buffer->size);
    }
    buffer->size = size;
}

void crash_buffer_write(crash_buffer *buffer, uint64_t offset, const void *bytes, uint64_t count) {
    if (count == 0) return;
    if (offset + count > buffer->size) crash_buffer_resize(buffer, offset + count);
    memcpy(buffer->bytes + offset, bytes, count);
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
uint64_t crash_random(uint64_t *state) {
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

crash_inode *crash_inode_create(void) {
    crash_inode *inode = crash_allocate(sizeof *inode);
    inode->references = 1;
    return inode;
}

void crash_inode_retain(crash_inode *inode) { inode->references += 1; }

void crash_inode_release(crash_inode *inode) {
    if (--inode->references) return;
    free(inode->current.bytes);
    free(inode->durable.bytes);
    for (int index = 0; index < CRASH_MAX_REGIONS; index++) {
        free(inode->regions[index]);
        free(inode->regionsAtDeath[index]);
    }
    while (inode->leftCount) free(inode->left[--inode->leftCount]);
    free(inode->left);
    free(inode);
}

static crash_entry *find(const crash_names *names, const char *name) {
    for (size_t index = 0; index < names->count; index++) {
        if (strcmp(names->entries[index].name, name) == 0) return &names->entries[index];
    }
    return NULL;
}

crash_inode *crash_names_find(const crash_names *names, const char *name) {
    crash_entry *entry = find(names, name);
    return entry ? entry->inode : NULL;
}

void crash_names_set(crash_names *names, const char *name, crash_inode *inode) {
    crash_inode_retain(inode);
    crash_entry *entry = find(names, name);
    if (entry) {
        crash_inode_release(entry->inode);
        entry->inode = inode;
        return;
    }
    names->entries = crash_grow(names->entries, names->count, &names->capacity, sizeof *names->entries);
    names->entries[names->count++] = (crash_entry){crash_duplicate(name), inode};
}

void crash_names_remove(crash_names *names, const char *name) {
    crash_entry *entry = find(names, name);
    if (!entry) return;
    crash_inode_release(entry->inode);
    free(entry->name);
    // The order stays, so that nothing depends on what was removed before.
    size_t index = (size_t)(entry - names->entries);
    memmove(entry, entry + 1, (names->count - index - 1) * sizeof *entry);
    names->count -= 1;
}
