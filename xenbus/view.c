// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and editing one version of the tree. Each edit goes: rights and quota; unshare the way
 * to the node; allocate what is new; then link, count and number, which cannot fail.
 */
#include "xenbus/view.h"

#include <errno.h>
#include <string.h>

#include "xenbus/memory.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/quota.h"

static const struct name view_root_name = { "", 0 };

int view_create_live(struct view *view, struct tally *tally)
{
	const struct perms_entry closed = { .domid = 0, .rights = PERMS_NONE };
	struct perms *perms = perms_create(&closed, 1, ++tally->generation);

	if (perms == NULL) {
		return -ENOMEM;
	}
	*view = (struct view){ .tally = tally, .is_live = true };
	view->root = node_create(view_root_name, perms, tally->generation);
	if (view->root == NULL) {
		perms_put(perms);
		return -ENOMEM;
	}
	tally->nodes[0] = 1;
	return 0;
}

void view_fork(struct view *view, const struct view *from)
{
	*view = (struct view){ .tally = from->tally, .root = node_get(from->root) };
}

void view_release(struct view *view)
{
	node_put(view->root);
	memory_free(view->differences);
	*view = (struct view){ .tally = view->tally };
}

static void view_count_live(struct tally *tally, const struct view_difference *difference)
{
	int64_t nodes = (int64_t)tally->nodes[difference->domid] + difference->nodes;

	if (difference->born == tally->lives.born[difference->domid]) {
		tally->nodes[difference->domid] = nodes > 0 ? (uint32_t)nodes : 0;
	}
}

void view_become(struct view *live, struct view *view)
{
	uint32_t i;

	for (i = 0; i < view->count; i++) {
		view_count_live(live->tally, &view->differences[i]);
	}
	node_put(live->root);
	live->root = node_get(view->root);
	view_release(view);
}

/* --- counting ------------------------------------------------------------------------------- */

static struct view_difference *view_difference_of(const struct view *view, uint16_t domid)
{
	uint64_t born = view->tally->lives.born[domid];
	uint32_t i;

	for (i = 0; i < view->count; i++) {
		if (view->differences[i].domid == domid && view->differences[i].born == born) {
			return &view->differences[i];
		}
	}
	return NULL;
}

/* Makes sure that counting for @domid cannot fail later. */
static int view_reserve_count(struct view *view, uint16_t domid)
{
	if (view->is_live || view_difference_of(view, domid) != NULL) {
		return 0;
	}
	if (view->count == view->room) {
		uint32_t room = view->room != 0 ? view->room * 2 : 4;
		void *grown = memory_resize(view->differences, room * sizeof(struct view_difference));

		if (grown == NULL) {
			return -ENOMEM;
		}
		view->differences = grown;
		view->room = room;
	}
	view->differences[view->count++] = (struct view_difference){
		.domid = domid,
		.born = view->tally->lives.born[domid],
	};
	return 0;
}

static void view_count(struct view *view, const struct perms *perms, int nodes)
{
	uint16_t domid = perms->entry[0].domid;

	if (perms_entry_is_void(perms, 0, &view->tally->lives)) {
		return;
	}
	if (view->is_live) {
		view->tally->nodes[domid] += (uint32_t)nodes;
	} else {
		view_difference_of(view, domid)->nodes += nodes;
	}
}

static int64_t view_nodes_of(const struct view *view, uint16_t domid)
{
	const struct view_difference *difference = view_difference_of(view, domid);

	return (int64_t)view->tally->nodes[domid] + (difference != NULL ? difference->nodes : 0);
}

/* --- finding -------------------------------------------------------------------------------- */

struct node *view_find_nearest(const struct view *view, const char *path, const char **rest)
{
	struct node *node = view->root;
	struct name name;

	name.text = path_component(path, &name.length);
	while (name.text != NULL) {
		struct node *child = siblings_find(node->children, name);

		if (child == NULL) {
			*rest = name.text;
			return node;
		}
		node = child;
		name.text = path_component(name.text + name.length, &name.length);
	}
	*rest = "";
	return node;
}

struct node *view_find(const struct view *view, const char *path)
{
	const char *rest;
	struct node *node = view_find_nearest(view, path, &rest);

	return *rest == '\0' ? node : NULL;
}

int view_access(const struct view *view, const struct subject *subject, const char *path,
		unsigned int rights, struct node **node)
{
	const char *rest;
	struct node *nearest = view_find_nearest(view, path, &rest);
	unsigned int granted = perms_rights_of(nearest->perms, subject, &view->tally->lives);

	if (*rest != '\0') {
		return granted & rights ? -ENOENT : -EACCES;
	}
	if ((granted & rights) != rights) {
		return -EACCES;
	}
	*node = nearest;
	return 0;
}

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
	return view_nodes_of(view, subject->domid) + added > limit ? -ENOSPC : 0;
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
		return -ENOSPC;
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
	if (!subject->is_privileged &&
	    change->perms->count > view->tally->quota->limit[QUOTA_PERMS]) {
		return -ENOSPC;
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
