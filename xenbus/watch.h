/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches, found by path: which watches does a change at this path concern?
 *
 * All watches on one path hang off one point; points stand in a hash table keyed by their whole
 * path. A change looks up each prefix of its path once, so its cost is the path's depth plus the
 * watches that fire; watches elsewhere, however many, cost nothing.
 *
 * This module owns the index only. A watch belongs to its connection, which frees it.
 */
#ifndef XENBUS_WATCH_H
#define XENBUS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct watch_point;

struct watch {
	struct conn *conn;
	struct watch *conn_next;	/* the connection's list */
	struct watch **conn_link;
	struct watch_point *point;
	struct watch *point_next;
	struct watch **point_link;
	uint64_t serial;
	size_t prefix_bytes;		/* left out of event paths: the watch was relative */
	bool is_overflowed;		/* owes the client one event for those that had no room */
	char token[];
};

struct watches {
	struct watch_point **buckets;
	uint32_t bucket_count;		/* a power of two */
	uint32_t point_count;
	uint64_t seed;
	uint64_t last_serial;
};

/* Returns 0 or -ENOMEM. */
int watches_create(struct watches *watches);
/* All watches must be gone. */
void watches_destroy(struct watches *watches);

/* A new watch on @path, in no connection's list yet; NULL when memory ran out. */
struct watch *watch_create(struct watches *watches, const char *path, const char *token);
/* Takes it out of the index and frees it. */
void watch_destroy(struct watches *watches, struct watch *watch);
const char *watch_path(const struct watch *watch);
/* The watch of @conn on @path with @token, or NULL. */
struct watch *watch_find(struct watches *watches, const struct conn *conn, const char *path,
			 const char *token);

typedef void watch_callback(struct watch *watch, void *arg);
/* Calls @callback for each watch on @path itself. It must not add or remove watches. */
void watches_match_exact(struct watches *watches, const char *path, watch_callback *callback,
			 void *arg);
/* The same for each watch on @path or on a node above it. */
void watches_match(struct watches *watches, const char *path, watch_callback *callback, void *arg);

#endif
