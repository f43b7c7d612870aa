/* SPDX-License-Identifier: MIT */
/*
 * xenstore: the guest side of the store's ring: one request at a time, answers in order.
 *
 * Requests wait for their answer; a store that never answers therefore blocks the caller, which
 * sleeps. Watch events that arrive meanwhile are counted and seen by xenstore_watch_fired.
 * Relative paths belong to the guest's own /local/domain/N.
 */
#ifndef KIT_XENSTORE_H
#define KIT_XENSTORE_H

#include <stdbool.h>

/* False when this guest has no store ring (the first domain). */
bool xenstore_init(void);

/* Length of the value, which is cut and terminated to fit, or -1 when the store refuses. */
int xenstore_read(const char *path, char *value, unsigned int bytes);
int xenstore_write(const char *path, const char *value);

/* The names of a node's children, each with its NUL; how many bytes of them fit, or -1. The last one may be cut. */
int xenstore_directory(const char *path, char *names, unsigned int bytes);
int xenstore_watch(const char *path, const char *token);

/* Handles what has arrived; true when a watch fired since the last call. */
bool xenstore_watch_fired(void);

#endif
