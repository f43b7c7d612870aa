/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain's nodes in the store: all that its kernel, tools and daemons expect, written in one
 * batch, and their removal.
 *
 * The domain owns what it must write (control/shutdown, device, data, ...); the rest it can read.
 * New nodes inherit the permissions of the node above, which keeps the batch short.
 *
 * /tool/lamina/console/N announces a console to the console daemon: its watch tells which domain
 * came or went, where @introduceDomain would only say that one did.
 */
#ifndef TOOLSTACK_LIB_STORE_ENTRIES_H
#define TOOLSTACK_LIB_STORE_ENTRIES_H

#include <stdint.h>

#include "lib/build.h"
#include "lib/domain_config.h"

#define STORE_CONSOLES "/tool/lamina/console"
#define STORE_CONSOLE_LIMIT_BYTES "1048576"

struct error;
struct xs_handle;

/* Connects, or says at once that xenstored is not running. */
int store_connect(struct xs_handle **store, struct error *error);

/* All nodes of a built domain; then introduces it, so that its ring is served. */
int store_entries_add(struct xs_handle *store, uint16_t domid,
		      const struct domain_config *config, const struct build_result *rings,
		      struct error *error);

/* Removes the nodes and releases the domain. Missing ones are no error. */
void store_entries_remove(struct xs_handle *store, uint16_t domid, const uint8_t uuid[16]);

#endif
