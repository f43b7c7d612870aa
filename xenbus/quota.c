// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of limits. Defaults are those operators know from Xen's daemon where it has the same
 * limit (1000 nodes, 2048 bytes, 128 watches, 10 transactions, 5 permission entries).
 */
#include "xenbus/quota.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "xenbus/path.h"

static const struct {
	const char *name;
	uint32_t value;
} quota_table[QUOTA_COUNT] = {
	[QUOTA_NODES] = { "nodes", 1000 },
	[QUOTA_NODE_BYTES] = { "node-size", 2048 },
	[QUOTA_WATCHES] = { "watches", 128 },
	[QUOTA_TRANSACTIONS] = { "transactions", 10 },
	[QUOTA_TRANSACTION_NODES] = { "transaction-nodes", 1024 },
	[QUOTA_TRANSACTION_BYTES] = { "transaction-bytes", 1 << 20 },
	[QUOTA_TRANSACTION_SECONDS] = { "transaction-seconds", 300 },
	[QUOTA_PERMS] = { "permissions", 5 },
	[QUOTA_PATH_BYTES] = { "path-max", PATH_BYTES - 1 },
	[QUOTA_OUTSTANDING_BYTES] = { "outstanding-bytes", 128 << 10 },
	[QUOTA_OUTSTANDING_BYTES_LOCAL] = { "outstanding-bytes-local", 4 << 20 },
};

void quota_set_defaults(struct quota *quota)
{
	size_t i;

	quota->changed = 0;
	for (i = 0; i < QUOTA_COUNT; i++) {
		quota->limit[i] = quota_table[i].value;
	}
}

const char *quota_name(enum quota_kind kind)
{
	return quota_table[kind].name;
}

static int quota_parse(const char *text, uint32_t *value)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -EINVAL;
		}
		sum = sum * 10 + (uint64_t)(text[i] - '0');
		if (sum > UINT32_MAX) {
			return -EINVAL;
		}
	}
	*value = (uint32_t)sum;
	return i != 0 ? 0 : -EINVAL;
}

int quota_set(struct quota *quota, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < QUOTA_COUNT; i++) {
		if (strcmp(name, quota_table[i].name) == 0) {
			int rc = quota_parse(value, &quota->limit[i]);

			return rc < 0 ? rc : (int)i;
		}
	}
	return -ENOENT;
}
