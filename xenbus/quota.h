/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits for one unprivileged domain, or for one of its connections. dom0's user space is not
 * limited but in the memory of what it does not read.
 *
 * Each limit has a name, by which the command line and `xenstore-control quota` show and set it.
 */
#ifndef XENBUS_QUOTA_H
#define XENBUS_QUOTA_H

#include <stdint.h>

enum quota_kind {
	QUOTA_NODES,		     /* nodes a domain owns */
	QUOTA_NODE_BYTES,	     /* size of one value */
	QUOTA_WATCHES,		     /* watches of a connection */
	QUOTA_TRANSACTIONS,	     /* open transactions of a connection */
	QUOTA_TRANSACTION_NODES,     /* changes, and paths read, in one transaction */
	QUOTA_TRANSACTION_BYTES,     /* memory of the open transactions of a connection */
	QUOTA_TRANSACTION_SECONDS,   /* age at which an open transaction is given up */
	QUOTA_PERMS,		     /* entries of one permission list */
	QUOTA_PATH_BYTES,	     /* length of a path that a request may name */
	QUOTA_OUTSTANDING_BYTES,     /* replies and events not taken yet, guest */
	QUOTA_OUTSTANDING_BYTES_LOCAL, /* the same for a socket of dom0 */
	QUOTA_COUNT,
};

struct quota {
	uint32_t limit[QUOTA_COUNT];
	uint32_t changed; /* bit per limit that was set while the daemon ran */
	uint32_t struck;  /* the limit that refused the request being handled, plus 1; 0: none did */
};

/* Notes that @kind is why a request is refused. Returns @error. */
static inline int quota_refuse(struct quota *quota, enum quota_kind kind, int error)
{
	quota->struck = kind + 1;
	return error;
}

void quota_set_defaults(struct quota *quota);
/* The name of a limit, "nodes" for QUOTA_NODES. */
const char *quota_name(enum quota_kind kind);
/* Sets a limit by name; @value is decimal. Returns its kind, -ENOENT (no such name), -EINVAL. */
int quota_set(struct quota *quota, const char *name, const char *value);

#endif
