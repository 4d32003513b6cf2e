#include "core/store/kv_extent.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The format (data version 1), in the byte order and word size of the machine:
 *   page  header, then for branches and leaves 16-bit offsets of the nodes; overflow pages follow each other
 *   node  data size (32 bits), flags, key size (16 bits each); then key, then data
 *         in a branch size and flags are the low 48 bits of a page number
 *   page 0 and page 1 hold a meta each; that of transaction n is page n % 2 */
enum {
    MAGIC = (int)0xBEEFC0DE,
    PAGE_SIZE_MIN = 256,
    PAGE_SIZE_MAX = 65536,
    PAGE_BRANCH = 0x01,
    PAGE_LEAF = 0x02,
    PAGE_META = 0x08,
    PAGE_FIXED = 0x20, /* a leaf of bare values */
    NODE_OVERFLOW = 0x01,
    NODE_TREE = 0x02,
    DEPTH_MAX = 64, /* LMDB's trees have at most 32 levels, and ours lie two deep */
};

struct page {
    size_t number;
    uint16_t unused, flags, lower, upper;
};

struct node {
    uint32_t size;
    uint16_t flags, key_size;
};

struct tree {
    uint32_t page_size; /* in the first tree of a meta */
    uint16_t flags, depth;
    size_t branches, leaves, overflows, entries, root;
};

struct meta {
    struct page page;
    uint32_t magic, version;
    void *address;
    size_t map_size;
    struct tree trees[2]; /* free pages, and everything else */
    size_t last_page, txn_id;
};

struct walk {
    int file;
    size_t page_size, page_count, visits_left;
};

static const size_t no_page = SIZE_MAX;

static enum karto_err read_at(int file, void *out, size_t size, uint64_t offset)
{
    for (uint8_t *p = out; size;) {
        ssize_t got = pread(file, p, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return karto_os_error(errno);
        if (got == 0)
            return KARTO_E_CORRUPT;
        p += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return KARTO_OK;
}

bool karto_kv_extent_marked(int file)
{
    struct meta meta;
    enum karto_err err = read_at(file, &meta, offsetof(struct meta, version), 0);
    return err ? err == KARTO_E_CORRUPT : meta.magic == (uint32_t)MAGIC;
}

static enum karto_err walk_page(struct walk *walk, size_t number, unsigned depth);

static enum karto_err walk_tree(struct walk *walk, const uint8_t *data, unsigned depth)
{
    struct tree tree;
    memcpy(&tree, data, sizeof tree);
    return tree.root == no_page ? KARTO_OK : walk_page(walk, tree.root, depth);
}

static enum karto_err walk_leaf_node(struct walk *walk, const uint8_t *node, size_t room, unsigned depth)
{
    struct node head;
    memcpy(&head, node, sizeof head);
    const uint8_t *data = node + sizeof head + head.key_size;
    bool tree = head.flags & NODE_TREE, overflow = head.flags & NODE_OVERFLOW;
    size_t here = tree ? sizeof(struct tree) : overflow ? sizeof(size_t) : head.size;
    if (room < sizeof head + head.key_size || room - sizeof head - head.key_size < here)
        return KARTO_E_CORRUPT;
    if (tree)
        return walk_tree(walk, data, depth);
    if (!overflow)
        return KARTO_OK;
    size_t first;
    memcpy(&first, data, sizeof first);
    size_t pages = (sizeof(struct page) + head.size - 1) / walk->page_size + 1;
    return first < walk->page_count && pages <= walk->page_count - first ? KARTO_OK : KARTO_E_CORRUPT;
}

static enum karto_err walk_branch_node(struct walk *walk, const uint8_t *node, unsigned depth)
{
    struct node head;
    memcpy(&head, node, sizeof head);
    uint64_t number = head.size;
    if (sizeof(size_t) > 4)
        number |= (uint64_t)head.flags << 32;
    return walk_page(walk, (size_t)number, depth);
}

static enum karto_err walk_nodes(struct walk *walk, const uint8_t *bytes, unsigned depth)
{
    struct page page;
    memcpy(&page, bytes, sizeof page);
    if (!(page.flags & (PAGE_BRANCH | PAGE_LEAF)) || page.lower < sizeof page || page.lower > walk->page_size)
        return KARTO_E_CORRUPT;
    if (page.flags & PAGE_FIXED)
        return KARTO_OK;
    enum karto_err err = KARTO_OK;
    for (size_t at = sizeof page; !err && at + sizeof(uint16_t) <= page.lower; at += sizeof(uint16_t)) {
        uint16_t offset;
        memcpy(&offset, bytes + at, sizeof offset);
        if (offset < page.lower || offset > walk->page_size - sizeof(struct node))
            err = KARTO_E_CORRUPT;
        else if (page.flags & PAGE_BRANCH)
            err = walk_branch_node(walk, bytes + offset, depth + 1);
        else
            err = walk_leaf_node(walk, bytes + offset, walk->page_size - offset, depth + 1);
    }
    return err;
}

static enum karto_err walk_page(struct walk *walk, size_t number, unsigned depth)
{
    /* Each page is referred to once, so more visits than pages are a circle. */
    if (number >= walk->page_count || depth > DEPTH_MAX || walk->visits_left == 0)
        return KARTO_E_CORRUPT;
    walk->visits_left--;
    uint8_t *bytes = karto_must(malloc(walk->page_size));
    enum karto_err err = read_at(walk->file, bytes, walk->page_size, (uint64_t)number * walk->page_size);
    if (!err)
        err = walk_nodes(walk, bytes, depth);
    free(bytes);
    return err;
}

static enum karto_err read_meta(int file, uint64_t txn_id, struct meta *meta)
{
    enum karto_err err = read_at(file, meta, sizeof *meta, 0);
    if (err)
        return err;
    size_t page_size = meta->trees[0].page_size;
    if (page_size < PAGE_SIZE_MIN || page_size > PAGE_SIZE_MAX)
        return KARTO_E_CORRUPT;
    if (txn_id % 2)
        err = read_at(file, meta, sizeof *meta, page_size);
    if (err)
        return err;
    if (meta->magic != (uint32_t)MAGIC || !(meta->page.flags & PAGE_META) || meta->trees[0].page_size != page_size)
        return KARTO_E_CORRUPT;
    return meta->txn_id == txn_id ? KARTO_OK : KARTO_E_BUSY;
}

enum karto_err karto_kv_extent_check(int file, uint64_t txn_id)
{
    struct meta meta;
    struct stat info;
    enum karto_err err = read_meta(file, txn_id, &meta);
    if (err)
        return err;
    if (fstat(file, &info) != 0)
        return karto_os_error(errno);
    struct walk walk = {.file = file, .page_size = meta.trees[0].page_size};
    walk.page_count = walk.visits_left = (size_t)((uint64_t)info.st_size / walk.page_size);
    for (size_t i = 0; !err && i < 2; i++)
        if (meta.trees[i].root != no_page)
            err = walk_page(&walk, meta.trees[i].root, 0);
    return err;
}
