/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A node of the store, and the children of one node as an ordered map.
 *
 * Nodes are shared between versions of the tree by reference count. A node with more than one
 * reference is immutable; one with a single reference, reached by single references only, may be
 * edited in place. node_unshare() replaces a shared node by a private copy: that changes no
 * version's content, so an edit that runs out of memory half way has changed nothing.
 *
 * Edits have two phases: unshare and allocate (may fail), then link (cannot fail). The children of
 * a node form a treap (search tree by name, heap by random priority), whose links stand in the
 * nodes themselves: every step is O(log n) and a copy shares all it does not change.
 */
#ifndef XENBUS_NODE_H
#define XENBUS_NODE_H

#include <stddef.h>
#include <stdint.h>

struct perms;

struct value {
	uint32_t refs;
	uint32_t length;
	char data[];
};

struct node {
	uint32_t refs;
	uint32_t priority;
	struct node *left;		/* siblings with smaller names */
	struct node *right;		/* siblings with greater names */
	struct node *children;		/* the treap of this node's children */
	struct perms *perms;
	struct value *value;		/* NULL: empty */
	uint64_t generation;		/* of value and permissions */
	uint64_t children_generation;	/* of the list of children */
	uint32_t names_bytes;		/* of this sibling and its subtree, ends included */
	uint32_t name_length;
	char name[];
};

struct name {
	const char *text;
	size_t length;
};

struct value *value_create(const void *data, size_t length);
struct value *value_get(struct value *value); /* NULL is passed through */
void value_put(struct value *value);

/* A new node with one reference; takes over the reference to @perms only on success. */
struct node *node_create(struct name name, struct perms *perms, uint64_t generation);
struct node *node_get(struct node *node);
void node_put(struct node *node);

/* Replaces *@slot by a private copy when it is shared. Returns 0 or -ENOMEM. */
int node_unshare(struct node **slot);

struct node *siblings_find(struct node *root, struct name name);
uint32_t siblings_names_bytes(const struct node *root);

/*
 * Unshares every sibling on the search path of @name. Returns the slot where it is, or where it
 * would be; NULL when memory ran out.
 */
struct node **siblings_unshare_path(struct node **root, struct name name);
/* After siblings_unshare_path() for its name, which must be absent. Takes over the reference. */
void siblings_insert(struct node **root, struct node *node);
/* After siblings_unshare_path(): what siblings_remove() will touch. Returns 0 or -ENOMEM. */
int siblings_unshare_merge(struct node **slot);
/* After both: unlinks the child called @name and returns its reference. */
struct node *siblings_remove(struct node **root, struct name name);

/*
 * In-order walk. Returns the first sibling whose name ends beyond byte @offset of the list of
 * names ("a\0bb\0ccc\0"); *@start is where its name starts. NULL past the end.
 */
struct node *siblings_at_offset(struct node *root, uint32_t offset, uint32_t *start);

#endif
