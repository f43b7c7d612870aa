/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paths of the store: which are valid, how a relative one becomes absolute, how one is walked.
 *
 * A canonical path starts with '/', has no empty component, no '/' at its end (but "/" itself),
 * only letters, digits and "-/_@", and at most 3072 bytes, of which at most 2048 beyond a
 * leading "/local/domain/N/". Everything past path_canonicalize() relies on that.
 */
#ifndef XENBUS_PATH_H
#define XENBUS_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any canonical path and its end. */
#define PATH_BYTES 3073

bool path_is_valid(const char *path);
/* "@introduceDomain" and the like: names of events, not of nodes. */
bool path_is_special(const char *path);

/*
 * Makes @given absolute ("memory/target" of domain 5 becomes "/local/domain/5/memory/target") in
 * @out of PATH_BYTES. *@prefix_bytes is what was put before it, 0 for an absolute path.
 * Returns 0 or -EINVAL.
 */
int path_canonicalize(const char *given, uint16_t domid, char *out, size_t *prefix_bytes);

/*
 * The component that starts at or after @at (leading '/' skipped): its first character, and its
 * length in *@length; NULL at the end. The next one is found from component + length.
 */
const char *path_component(const char *at, size_t *length);

/* Length of the parent's path: "/a/b" gives 2, "/a" gives 1 (the root). "/" has no parent. */
size_t path_parent_length(const char *path);

#endif
