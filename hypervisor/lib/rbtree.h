/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Red-black trees with a cached first node: the queues of timers and runnable vCPUs. Nodes are embedded; the order is the
 * caller's function at insertion, equal keys keep the order they came in. The lock is the caller's.
 */
#ifndef LAMINA_LIB_RBTREE_H
#define LAMINA_LIB_RBTREE_H

#include "lib/types.h"

struct rb_node {
	struct rb_node *parent;
	struct rb_node *child[2]; /* 0: smaller, 1: greater */
	bool red;
};

struct rb_root {
	struct rb_node *node;
	struct rb_node *first;
};

#define RB_ROOT_INIT ((struct rb_root){ NULL, NULL })
#define rb_entry(n, type, member) container_of(n, type, member)

/* Claims that @a sorts in front of @b. */
typedef bool rb_less_fn(const struct rb_node *a, const struct rb_node *b);

void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less);
/* @node must be in the tree. */
void rb_erase(struct rb_root *root, struct rb_node *node);
/* The next node in order, NULL behind the last. */
struct rb_node *rb_next(const struct rb_node *node);

static inline struct rb_node *rb_first(const struct rb_root *root) { return root->first; }
static inline bool rb_is_empty(const struct rb_root *root) { return !root->node; }

#endif
