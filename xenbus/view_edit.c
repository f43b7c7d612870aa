// SPDX-License-Identifier: GPL-2.0-only
/*
 * Edits. Each goes: rights and quota; unshare the way to the node; allocate what is new; then
 * link, count and number, which cannot fail.
 */
#include "xenbus/view_internal.h"

#include <errno.h>
#include <string.h>

#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/quota.h"

/* Unshares the way to the first @length bytes of @path, which exist; the node, or NULL. */
static struct node *view_edit(struct view *view, const char *path, size_t length)
{
	struct node **slot = &view->root;
	struct name name;

	if (node_unshare(slot) < 0) {
		return NULL;
	}
	name.text = path_component(path, &name.length);
	while (name.text != NULL && name.text < path + length) {
		slot = siblings_unshare_path(&(*slot)->children, name);
		if (slot == NULL) {
			return NULL;
		}
		name.text = path_component(name.text + name.length, &name.length);
	}
	return *slot;
}

/* --- creating ------------------------------------------------------------------------------- */

static uint32_t view_components(const char *rest)
{
	uint32_t count = 0;
	size_t length;

	for (rest = path_component(rest, &length); rest != NULL;
	     rest = path_component(rest + length, &length)) {
		count++;
	}
	return count;
}

/* The chain of new nodes for @rest, top first; NULL when memory ran out. */
static struct node *view_build_chain(const char *rest, struct perms *perms, struct value *value,
				     uint64_t generation)
{
	struct node *top = NULL;
	struct node **slot = &top;
	struct name name;

	name.text = path_component(rest, &name.length);
	while (name.text != NULL) {
		struct node *node = node_create(name, perms, generation);

		if (node == NULL) {
			node_put(top);
			return NULL;
		}
		perms_get(perms);
		*slot = node;
		slot = &node->children;
		name.text = path_component(name.text + name.length, &name.length);
		if (name.text == NULL) {
			node->value = value_get(value);
		}
	}
	return top;
}

static int view_check_nodes_quota(const struct view *view, const struct subject *subject,
				  uint32_t added)
{
	uint32_t limit = view->tally->quota->limit[QUOTA_NODES];

	if (subject->is_privileged) {
		return 0;
	}
	if (view_nodes_of(view, subject->domid) + added > limit) {
		return quota_refuse(view->tally->quota, QUOTA_NODES, -ENOSPC);
	}
	return 0;
}

/* Creates @path, whose nearest existing ancestor is @above, @rest being what is missing. */
static int view_create(struct view *view, const struct subject *subject, struct change *change,
		       struct node *above, const char *rest)
{
	uint64_t generation = view->tally->generation + 1;
	uint32_t added = view_components(rest);
	struct perms *perms;
	struct node *top;
	int rc = view_check_nodes_quota(view, subject, added);

	if (rc < 0) {
		return rc;
	}
	perms = perms_inherit(above->perms, subject, &view->tally->lives, generation);
	if (perms == NULL) {
		return -ENOMEM;
	}
	rc = -ENOMEM;
	top = view_build_chain(rest, perms, change->value, generation);
	if (top == NULL || view_reserve_count(view, perms->entry[0].domid) < 0) {
		goto out;
	}
	above = view_edit(view, change->path, (size_t)(rest - change->path));
	if (above == NULL || siblings_unshare_path(&above->children,
			(struct name){ top->name, top->name_length }) == NULL) {
		goto out;
	}
	siblings_insert(&above->children, top);
	top = NULL;
	above->children_generation = generation;
	view->tally->generation = generation;
	view_count(view, perms, (int)added);
	change->had_effect = true;
	rc = 0;
out:
	node_put(top);
	perms_put(perms);
	return rc;
}

/* --- the four edits ------------------------------------------------------------------------- */

static int view_write(struct view *view, const struct subject *subject, struct change *change)
{
	const char *rest;
	struct node *node = view_find_nearest(view, change->path, &rest);
	unsigned int granted = perms_rights_of(node->perms, subject, &view->tally->lives);
	uint32_t length = change->value != NULL ? change->value->length : 0;

	if (!(granted & PERMS_WRITE)) {
		return -EACCES;
	}
	if (!subject->is_privileged && length > view->tally->quota->limit[QUOTA_NODE_BYTES]) {
		return quota_refuse(view->tally->quota, QUOTA_NODE_BYTES, -ENOSPC);
	}
	if (*rest != '\0') {
		return view_create(view, subject, change, node, rest);
	}
	if (change->kind == CHANGE_MKDIR) {
		return 0;
	}
	node = view_edit(view, change->path, strlen(change->path));
	if (node == NULL) {
		return -ENOMEM;
	}
	value_put(node->value);
	node->value = value_get(change->value);
	node->generation = ++view->tally->generation;
	change->had_effect = true;
	return 0;
}

static int view_reserve_tree(struct view *view, const struct node *node)
{
	int rc;

	for (; node != NULL; node = node->right) {
		rc = view_reserve_count(view, node->perms->entry[0].domid);
		if (rc == 0) {
			rc = view_reserve_tree(view, node->children);
		}
		if (rc == 0) {
			rc = view_reserve_tree(view, node->left);
		}
		if (rc < 0) {
			return rc;
		}
	}
	return 0;
}

static void view_uncount_tree(struct view *view, const struct node *node)
{
	for (; node != NULL; node = node->right) {
		view_count(view, node->perms, -1);
		view_uncount_tree(view, node->children);
		view_uncount_tree(view, node->left);
	}
}

/* Unlinks @node, found at @change's path, with all below it. */
static int view_unlink(struct view *view, struct change *change, const struct node *node)
{
	size_t parent_length = path_parent_length(change->path);
	const char *leaf = change->path + parent_length;
	struct node *parent;
	struct node **slot;
	struct name name;
	int rc = view_reserve_count(view, node->perms->entry[0].domid);

	if (rc == 0 && !view->is_live) {
		rc = view_reserve_tree(view, node->children);
	}
	if (rc < 0) {
		return rc;
	}
	name.text = path_component(leaf, &name.length);
	parent = view_edit(view, change->path, parent_length);
	slot = parent != NULL ? siblings_unshare_path(&parent->children, name) : NULL;
	if (slot == NULL || siblings_unshare_merge(slot) < 0) {
		return -ENOMEM;
	}
	change->removed = siblings_remove(&parent->children, name);
	parent->children_generation = ++view->tally->generation;
	view_count(view, change->removed->perms, -1);
	view_uncount_tree(view, change->removed->children);
	change->had_effect = true;
	return 0;
}

/* An absent node counts as removed when its parent exists. */
static int view_remove_absent(const struct view *view, const char *path)
{
	const char *rest;

	view_find_nearest(view, path, &rest);
	return view_components(rest) == 1 ? 0 : -ENOENT;
}

static int view_remove(struct view *view, const struct subject *subject, struct change *change)
{
	struct node *node;
	int rc = view_access(view, subject, change->path, PERMS_WRITE, &node);

	if (rc == -ENOENT) {
		return view_remove_absent(view, change->path);
	}
	if (rc < 0) {
		return rc;
	}
	if (node == view->root) {
		return -EINVAL;
	}
	return view_unlink(view, change, node);
}

static int view_set_perms(struct view *view, const struct subject *subject, struct change *change)
{
	const struct lives *lives = &view->tally->lives;
	struct node *node;
	int rc = view_access(view, subject, change->path, PERMS_WRITE | PERMS_OWNER, &node);

	if (rc < 0) {
		return rc;
	}
	if (!subject->is_privileged &&
	    (perms_entry_is_void(node->perms, 0, lives) ||
	     change->perms->entry[0].domid != node->perms->entry[0].domid)) {
		return -EPERM;
	}
	rc = view_reserve_count(view, node->perms->entry[0].domid);
	if (rc == 0) {
		rc = view_reserve_count(view, change->perms->entry[0].domid);
	}
	if (rc < 0) {
		return rc;
	}
	node = view_edit(view, change->path, strlen(change->path));
	if (node == NULL) {
		return -ENOMEM;
	}
	view_count(view, node->perms, -1);
	change->old_perms = node->perms;
	node->perms = perms_get(change->perms);
	view_count(view, node->perms, 1);
	node->generation = ++view->tally->generation;
	change->had_effect = true;
	return 0;
}

int view_apply(struct view *view, const struct subject *subject, struct change *change)
{
	node_put(change->removed);
	perms_put(change->old_perms);
	change->removed = NULL;
	change->old_perms = NULL;
	change->had_effect = false;
	switch (change->kind) {
	case CHANGE_WRITE:
	case CHANGE_MKDIR:
		return view_write(view, subject, change);
	case CHANGE_RM:
		return view_remove(view, subject, change);
	case CHANGE_SET_PERMS:
		return view_set_perms(view, subject, change);
	}
	return -EINVAL;
}

void change_release(struct change *change)
{
	value_put(change->value);
	perms_put(change->perms);
	node_put(change->removed);
	perms_put(change->old_perms);
	change->value = NULL;
	change->perms = NULL;
	change->removed = NULL;
	change->old_perms = NULL;
}
