// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes and treaps of siblings. Priorities come from a generator seeded by the kernel, so that no
 * choice of names by a guest makes a treap deep. Recursion here is as deep as a treap or as a
 * path, both bounded (a path has at most 1536 components).
 */
#include "xenbus/node.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "xenbus/memory.h"
#include "xenbus/perms.h"

static uint32_t node_random(void)
{
	static uint64_t state;

	while (state == 0) {
		if (getrandom(&state, sizeof(state), 0) != (ssize_t)sizeof(state)) {
			state = (uint64_t)(uintptr_t)&state;
		}
	}
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

struct value *value_create(const void *data, size_t length)
{
	struct value *value = memory_allocate(sizeof(*value) + length + 1);

	if (value != NULL) {
		value->refs = 1;
		value->length = (uint32_t)length;
		memcpy(value->data, data, length);
	}
	return value;
}

struct value *value_get(struct value *value)
{
	if (value != NULL) {
		value->refs++;
	}
	return value;
}

void value_put(struct value *value)
{
	if (value != NULL && --value->refs == 0) {
		memory_free(value);
	}
}

struct node *node_create(struct name name, struct perms *perms, uint64_t generation)
{
	struct node *node = memory_allocate(sizeof(*node) + name.length + 1);

	if (node == NULL) {
		return NULL;
	}
	node->refs = 1;
	node->priority = node_random();
	node->perms = perms;
	node->generation = generation;
	node->children_generation = generation;
	node->name_length = (uint32_t)name.length;
	node->names_bytes = (uint32_t)name.length + 1;
	memcpy(node->name, name.text, name.length);
	return node;
}

struct node *node_get(struct node *node)
{
	if (node != NULL) {
		node->refs++;
	}
	return node;
}

void node_put(struct node *node)
{
	/* The right sibling is the loop, the others are calls. */
	while (node != NULL && --node->refs == 0) {
		struct node *next = node->right;

		node_put(node->left);
		node_put(node->children);
		perms_put(node->perms);
		value_put(node->value);
		memory_free(node);
		node = next;
	}
}

int node_unshare(struct node **slot)
{
	struct node *old = *slot;
	size_t bytes = sizeof(*old) + old->name_length + 1;
	struct node *copy;

	if (old->refs == 1) {
		return 0;
	}
	copy = memory_allocate(bytes);
	if (copy == NULL) {
		return -ENOMEM;
	}
	memcpy(copy, old, bytes);
	copy->refs = 1;
	node_get(copy->left);
	node_get(copy->right);
	node_get(copy->children);
	perms_get(copy->perms);
	value_get(copy->value);
	old->refs--;
	*slot = copy;
	return 0;
}

static int name_compare(struct name name, const struct node *node)
{
	size_t common = name.length < node->name_length ? name.length : node->name_length;
	int order = memcmp(name.text, node->name, common);

	if (order != 0) {
		return order;
	}
	return (name.length > node->name_length) - (name.length < node->name_length);
}

struct node *siblings_find(struct node *root, struct name name)
{
	while (root != NULL) {
		int order = name_compare(name, root);

		if (order == 0) {
			return root;
		}
		root = order < 0 ? root->left : root->right;
	}
	return NULL;
}

uint32_t siblings_names_bytes(const struct node *root)
{
	return root != NULL ? root->names_bytes : 0;
}

static void siblings_update(struct node *node)
{
	node->names_bytes = node->name_length + 1 + siblings_names_bytes(node->left) +
			    siblings_names_bytes(node->right);
}

struct node **siblings_unshare_path(struct node **root, struct name name)
{
	struct node **slot = root;

	while (*slot != NULL) {
		int order;

		if (node_unshare(slot) < 0) {
			return NULL;
		}
		order = name_compare(name, *slot);
		if (order == 0) {
			break;
		}
		slot = order < 0 ? &(*slot)->left : &(*slot)->right;
	}
	return slot;
}

/* Splits a treap into the names below and above @name; touches the search path alone. */
static void siblings_split(struct node *root, struct name name, struct node **below,
			   struct node **above)
{
	if (root == NULL) {
		*below = NULL;
		*above = NULL;
	} else if (name_compare(name, root) < 0) {
		siblings_split(root->left, name, below, &root->left);
		siblings_update(root);
		*above = root;
	} else {
		siblings_split(root->right, name, &root->right, above);
		siblings_update(root);
		*below = root;
	}
}

void siblings_insert(struct node **root, struct node *node)
{
	struct name name = { node->name, node->name_length };
	struct node **slot = root;

	while (*slot != NULL && (*slot)->priority >= node->priority) {
		(*slot)->names_bytes += node->name_length + 1;
		slot = name_compare(name, *slot) < 0 ? &(*slot)->left : &(*slot)->right;
	}
	siblings_split(*slot, name, &node->left, &node->right);
	siblings_update(node);
	*slot = node;
}

int siblings_unshare_merge(struct node **slot)
{
	struct node **low = &(*slot)->left;
	struct node **high = &(*slot)->right;

	while (*low != NULL && *high != NULL) {
		struct node **next = (*low)->priority >= (*high)->priority ? low : high;

		if (node_unshare(next) < 0) {
			return -ENOMEM;
		}
		if (next == low) {
			low = &(*low)->right;
		} else {
			high = &(*high)->left;
		}
	}
	return 0;
}

static struct node *siblings_merge(struct node *low, struct node *high)
{
	if (low == NULL || high == NULL) {
		return low != NULL ? low : high;
	}
	if (low->priority >= high->priority) {
		low->right = siblings_merge(low->right, high);
		siblings_update(low);
		return low;
	}
	high->left = siblings_merge(low, high->left);
	siblings_update(high);
	return high;
}

struct node *siblings_remove(struct node **root, struct name name)
{
	struct node **slot = root;
	struct node *node;
	int order = name_compare(name, *slot);

	while (order != 0) {
		(*slot)->names_bytes -= (uint32_t)name.length + 1;
		slot = order < 0 ? &(*slot)->left : &(*slot)->right;
		order = name_compare(name, *slot);
	}
	node = *slot;
	*slot = siblings_merge(node->left, node->right);
	node->left = NULL;
	node->right = NULL;
	siblings_update(node);
	return node;
}

struct node *siblings_at_offset(struct node *root, uint32_t offset, uint32_t *start)
{
	uint32_t base = 0;

	while (root != NULL) {
		uint32_t own = base + siblings_names_bytes(root->left);

		if (offset < own) {
			root = root->left;
		} else if (offset < own + root->name_length + 1) {
			*start = own;
			return root;
		} else {
			base = own + root->name_length + 1;
			root = root->right;
		}
	}
	return NULL;
}
