// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dispatch and what all handlers share.
 */
#include "xenbus/request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/path.h"
#include "xenbus/quota.h"
#include "xenbus/refusals.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/wire.h"

struct request_type {
	request_handler *handler;
	bool is_privileged;	 /* dom0 only: -EACCES */
	bool has_transaction;	 /* tx_id counts; else it is ignored */
};

static const struct request_type request_types[XS_TYPE_COUNT] = {
	[XS_CONTROL] = { request_control, true, false },
	[XS_DIRECTORY] = { request_directory, false, true },
	[XS_READ] = { request_read, false, true },
	[XS_GET_PERMS] = { request_get_perms, false, true },
	[XS_WATCH] = { request_watch, false, false },
	[XS_UNWATCH] = { request_unwatch, false, false },
	[XS_TRANSACTION_START] = { request_transaction_start, false, true },
	[XS_TRANSACTION_END] = { request_transaction_end, false, true },
	[XS_INTRODUCE] = { request_introduce, true, false },
	[XS_RELEASE] = { request_release, true, false },
	[XS_GET_DOMAIN_PATH] = { request_get_domain_path, false, false },
	[XS_WRITE] = { request_write, false, true },
	[XS_MKDIR] = { request_mkdir, false, true },
	[XS_RM] = { request_rm, false, true },
	[XS_SET_PERMS] = { request_set_perms, false, true },
	[XS_IS_DOMAIN_INTRODUCED] = { request_is_introduced, false, false },
	[XS_RESUME] = { request_resume, true, false },
	[XS_SET_TARGET] = { request_set_target, true, false },
	[XS_RESET_WATCHES] = { request_reset_watches, false, false },
	[XS_DIRECTORY_PART] = { request_directory_part, false, true },
};

bool request_is_for_dom0(uint32_t type)
{
	return type < XS_TYPE_COUNT && request_types[type].is_privileged;
}

static int request_dispatch(struct request *request)
{
	const struct request_type *type;

	if (request->header.type >= XS_TYPE_COUNT ||
	    request_types[request->header.type].handler == NULL) {
		return -ENOSYS;
	}
	type = &request_types[request->header.type];
	if (type->is_privileged && !request->conn->subject.is_privileged) {
		return -EACCES;
	}
	if (type->has_transaction && request->header.tx_id != 0) {
		request->transaction =
			conn_find_transaction(request->conn, request->header.tx_id);
		if (request->transaction == NULL) {
			return -ENOENT;
		}
		if (request->transaction->is_doomed &&
		    request->header.type != XS_TRANSACTION_END) {
			return -EAGAIN;
		}
	}
	return type->handler(request);
}

void request_handle(struct conn *conn)
{
	struct request request = {
		.conn = conn,
		.store = conn->store,
		.header = conn->header,
		.payload = conn->payload,
		.bytes = conn->header.len,
	};
	int rc;

	conn->store->requests++;
	conn->store->quota.struck = 0;
	rc = request_dispatch(&request);
	if (rc < 0) {
		refusals_record(&conn->store->refusals, &request, rc);
		conn_send_error(conn, &request.header, rc);
	}
}

void request_reply(const struct request *request, const void *payload, size_t bytes)
{
	conn_send_reply(request->conn, &request->header, payload, bytes);
}

void request_reply_text(const struct request *request, const char *text)
{
	request_reply(request, text, strlen(text) + 1);
}

void request_reply_ok(const struct request *request)
{
	request_reply_text(request, "OK");
}

int request_strings(const struct request *request, const char **strings, unsigned int count)
{
	size_t end = wire_split_strings(request->payload, request->bytes, strings, count);

	return end != 0 && end == request->bytes ? 0 : -EINVAL;
}

int request_path(const struct request *request, const char *given, char *path,
		 size_t *prefix_bytes)
{
	const struct subject *subject = &request->conn->subject;
	int rc = path_canonicalize(given, subject->domid, path, prefix_bytes);

	if (rc == 0 && !subject->is_privileged &&
	    strlen(given) > request->store->quota.limit[QUOTA_PATH_BYTES]) {
		return quota_refuse(&request->store->quota, QUOTA_PATH_BYTES, -EINVAL);
	}
	return rc;
}

int request_domid(const char *text, uint16_t *domid)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -EINVAL;
		}
		value = value * 10 + (uint32_t)(text[i] - '0');
		if (value >= PERMS_DOMIDS) {
			return -EINVAL;
		}
	}
	*domid = (uint16_t)value;
	return i != 0 ? 0 : -EINVAL;
}
