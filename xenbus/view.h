/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A view is one version of the tree that can be read and edited: the live one, or a transaction's.
 *
 * Rights and quotas are enforced here and only here, for every route into the tree. An edit either
 * succeeds whole or leaves the view as it was. What an edit did is recorded in its struct change,
 * from which watches are fired and, at the end of a transaction, the edit is done again.
 *
 * Nodes are counted for their owners. The live view counts straight into struct tally; another
 * view keeps differences, which are added when it becomes the live one.
 */
#ifndef XENBUS_VIEW_H
#define XENBUS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenbus/perms.h"

struct node;
struct quota;
struct value;

/* What all views of one store share. */
struct tally {
	uint64_t generation;	      /* of the latest edit in any view */
	uint64_t deaths;	      /* of domains, so far */
	struct lives lives;
	uint32_t nodes[PERMS_DOMIDS]; /* owned in the live view */
	struct quota *quota;
};

struct view_difference {
	uint16_t domid;
	uint64_t born; /* the owner's mark then; void when it has died since */
	int64_t nodes;
};

struct view {
	struct tally *tally;
	struct node *root;
	bool is_live;
	struct view_difference *differences;
	uint32_t count;
	uint32_t room;
};

enum change_kind {
	CHANGE_WRITE,
	CHANGE_MKDIR,
	CHANGE_RM,
	CHANGE_SET_PERMS,
};

struct change {
	enum change_kind kind;
	const char *path;	 /* canonical */
	struct value *value;	 /* CHANGE_WRITE; NULL for an empty value */
	struct perms *perms;	 /* CHANGE_SET_PERMS */
	/* Filled by view_apply(): */
	bool had_effect;
	struct node *removed;	 /* CHANGE_RM: what was unlinked (a reference) */
	struct perms *old_perms; /* CHANGE_SET_PERMS: what was replaced (a reference) */
};

/* An empty tree: the root, owned by dom0, closed to others. Returns 0 or -ENOMEM. */
int view_create_live(struct view *view, struct tally *tally);
/* A private copy of @from, at no cost until it is edited. */
void view_fork(struct view *view, const struct view *from);
/* Makes @live what @view is, which ends @view. Cannot fail. */
void view_become(struct view *live, struct view *view);
void view_release(struct view *view);

/* The node at @path or NULL; no rights are checked. */
struct node *view_find(const struct view *view, const char *path);
/* The deepest existing node of @path; *@rest is the part below it ("" when it exists). */
struct node *view_find_nearest(const struct view *view, const char *path, const char **rest);

/*
 * The node at @path, when @subject has all of @rights. Returns 0, -EACCES, or -ENOENT: the latter
 * only when the nearest existing ancestor grants one of @rights, so that nobody probes for nodes.
 */
int view_access(const struct view *view, const struct subject *subject, const char *path,
		unsigned int rights, struct node **node);

/* Does @change for @subject. Returns 0 or -errno: EACCES ENOENT EINVAL EPERM ENOSPC ENOMEM. */
int view_apply(struct view *view, const struct subject *subject, struct change *change);
/* Drops the references that a change holds; not @path. */
void change_release(struct change *change);

#endif
