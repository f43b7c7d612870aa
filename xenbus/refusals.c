// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of refused requests: found by going through the whole table, which is small, and only when
 * something is refused.
 */
#include "xenbus/refusals.h"

#include <errno.h>
#include <inttypes.h>
#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/request.h"
#include "xenbus/store.h"
#include "xenbus/wire.h"

static const char *const refusals_operations[XS_TYPE_COUNT] = {
	[XS_CONTROL] = "control",
	[XS_DIRECTORY] = "directory",
	[XS_READ] = "read",
	[XS_GET_PERMS] = "get-perms",
	[XS_WATCH] = "watch",
	[XS_UNWATCH] = "unwatch",
	[XS_TRANSACTION_START] = "transaction-start",
	[XS_TRANSACTION_END] = "transaction-end",
	[XS_INTRODUCE] = "introduce",
	[XS_RELEASE] = "release",
	[XS_GET_DOMAIN_PATH] = "get-domain-path",
	[XS_WRITE] = "write",
	[XS_MKDIR] = "mkdir",
	[XS_RM] = "rm",
	[XS_SET_PERMS] = "set-perms",
	[XS_IS_DOMAIN_INTRODUCED] = "is-domain-introduced",
	[XS_RESUME] = "resume",
	[XS_SET_TARGET] = "set-target",
	[XS_RESET_WATCHES] = "reset-watches",
	[XS_DIRECTORY_PART] = "directory-part",
};

static const char *refusals_operation(uint32_t type)
{
	return type < XS_TYPE_COUNT && refusals_operations[type] != NULL ? refusals_operations[type]
									 : "unknown";
}

/* NULL: an everyday answer, not a refusal. */
static const char *refusals_rule(const struct request *request, int error)
{
	switch (-error) {
	case EACCES:
		return request_is_for_dom0(request->header.type)
			       ? "only dom0 may ask for this"
			       : "the permissions of the node, or of the one above it, do not allow it";
	case EPERM:
		return "only dom0 may give a node to another owner";
	case EBUSY:
		return "a transaction cannot be opened inside another one";
	case E2BIG:
		return "the answer does not fit into one message";
	case EINVAL:
		return "the request is malformed, or its path is";
	case ENOSYS:
		return "there is no such request";
	default:
		return NULL;
	}
}

/* The place of one more record of @domid: free, its own oldest when its share is used up, else the oldest. */
static struct refusal *refusals_place(struct refusals *refusals, uint16_t domid)
{
	struct refusal *oldest = &refusals->kept[0];
	struct refusal *own = NULL;
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < REFUSALS_KEPT; i++) {
		struct refusal *each = &refusals->kept[i];

		if (each->number < oldest->number) {
			oldest = each;
		}
		if (each->number != 0 && each->domid == domid) {
			own = own == NULL || each->number < own->number ? each : own;
			count++;
		}
	}
	return count >= REFUSALS_PER_DOMAIN ? own : oldest;
}

static void refusals_copy_path(const struct request *request, char path[REFUSALS_PATH_BYTES])
{
	size_t i;

	for (i = 0; i + 1 < REFUSALS_PATH_BYTES && i < request->bytes && request->payload[i] != '\0';
	     i++) {
		char c = request->payload[i];

		path[i] = c > ' ' && c < 0x7f ? c : '?';
	}
	path[i] = '\0';
}

static bool refusals_is_same(const struct refusal *a, const struct refusal *b)
{
	return a->number != 0 && a->domid == b->domid && a->type == b->type && a->error == b->error &&
	       a->rule == b->rule && strcmp(a->path, b->path) == 0;
}

/* The latest record of @domid, or NULL. */
static struct refusal *refusals_latest(struct refusals *refusals, uint16_t domid)
{
	struct refusal *latest = NULL;
	size_t i;

	for (i = 0; i < REFUSALS_KEPT; i++) {
		struct refusal *each = &refusals->kept[i];

		if (each->number != 0 && each->domid == domid &&
		    (latest == NULL || each->number > latest->number)) {
			latest = each;
		}
	}
	return latest;
}

void refusals_record(struct refusals *refusals, const struct request *request, int error)
{
	const struct quota *quota = &request->store->quota;
	struct refusal record = {
		.domid = request->conn->subject.domid,
		.type = request->header.type,
		.error = (int16_t)-error,
		.rule = refusals_rule(request, error),
		.time_ms = store_now_ms(),
		.times = 1,
	};
	struct refusal *last;

	if (quota->struck != 0) {
		record.rule = quota_name(quota->struck - 1);
		record.limit = quota->limit[quota->struck - 1];
	}
	if (record.rule == NULL) {
		return;
	}
	refusals_copy_path(request, record.path);
	record.number = ++refusals->last;
	last = refusals_latest(refusals, record.domid);
	if (last != NULL && refusals_is_same(last, &record)) {
		record.times = last->times + 1;
	} else {
		last = refusals_place(refusals, record.domid);
	}
	*last = record;
}

void refusals_forget(struct refusals *refusals, uint16_t domid)
{
	size_t i;

	for (i = 0; i < REFUSALS_KEPT; i++) {
		if (refusals->kept[i].domid == domid) {
			refusals->kept[i].number = 0;
		}
	}
}

static size_t refusals_format_one(const struct refusal *refusal, uint64_t now_ms, char *text, size_t bytes)
{
	char rule[120];
	int length;

	if (refusal->limit != 0) {
		snprintf(rule, sizeof(rule), "its quota of %s is %u", refusal->rule, refusal->limit);
	} else {
		snprintf(rule, sizeof(rule), "%s", refusal->rule);
	}
	length = snprintf(text, bytes, "%" PRIu64 " %u %s %s\t%s\t%s\n", now_ms - refusal->time_ms,
			  refusal->times, refusals_operation(refusal->type),
			  wire_error_name(refusal->error), refusal->path, rule);
	return length > 0 && (size_t)length < bytes ? (size_t)length : 0;
}

size_t refusals_format(const struct refusals *refusals, uint16_t domid, char *text, size_t bytes)
{
	uint64_t now_ms = store_now_ms();
	uint64_t after = 0;
	size_t at = 0;

	text[0] = '\0';
	for (;;) {
		const struct refusal *next = NULL;
		size_t i;

		for (i = 0; i < REFUSALS_KEPT; i++) {
			const struct refusal *each = &refusals->kept[i];

			if (each->number > after && each->domid == domid &&
			    (next == NULL || each->number < next->number)) {
				next = each;
			}
		}
		if (next == NULL) {
			return at;
		}
		after = next->number;
		at += refusals_format_one(next, now_ms, text + at, bytes - at);
	}
}
