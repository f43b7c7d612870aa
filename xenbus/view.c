// SPDX-License-Identifier: GPL-2.0-only
/*
 * Versions of the tree: forking, becoming live, counting, finding. view_edit.c changes them.
 */
#include "xenbus/view.h"

#include <errno.h>

#include "xenbus/memory.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/view_internal.h"

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

int view_reserve_count(struct view *view, uint16_t domid)
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

void view_count(struct view *view, const struct perms *perms, int nodes)
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

int64_t view_nodes_of(const struct view *view, uint16_t domid)
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
