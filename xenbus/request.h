/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests: from a complete message to its reply.
 *
 * A table names, for each message type, its handler, whether only dom0 may ask, and whether the
 * transaction number counts. A handler decodes and checks its strings, acts, and queues the
 * reply; or it returns -errno, having changed nothing, and the error goes out by name.
 */
#ifndef XENBUS_REQUEST_H
#define XENBUS_REQUEST_H

#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct store;
struct transaction;

struct request {
	struct conn *conn;
	struct store *store;
	struct transaction *transaction; /* NULL: none */
	struct xsd_sockmsg header;
	const char *payload; /* a NUL follows its last byte */
	size_t bytes;
};

/* Is this type of request dom0's alone? */
bool request_is_for_dom0(uint32_t type);
/* Handles the complete message that @conn holds. */
void request_handle(struct conn *conn);

/* --- for handlers ---------------------------------------------------------------------------- */

void request_reply(const struct request *request, const void *payload, size_t bytes);
void request_reply_text(const struct request *request, const char *text);
/* The reply of requests that return nothing: "OK". */
void request_reply_ok(const struct request *request);

/*
 * Splits the payload into exactly @count strings, the last of which must end it. Returns 0 or
 * -EINVAL.
 */
int request_strings(const struct request *request, const char **strings, unsigned int count);
/* Makes a path absolute in @path of PATH_BYTES. Returns 0 or -EINVAL. */
int request_path(const struct request *request, const char *given, char *path,
		 size_t *prefix_bytes);
/* A decimal domain id below 0x7ff0. Returns 0 or -EINVAL. */
int request_domid(const char *text, uint16_t *domid);

typedef int request_handler(const struct request *request);

/* request_node.c */
request_handler request_directory, request_directory_part, request_read, request_write,
	request_mkdir, request_rm, request_get_perms, request_set_perms;
/* request_session.c */
request_handler request_watch, request_unwatch, request_reset_watches, request_transaction_start,
	request_transaction_end;
/* request_domain.c */
request_handler request_introduce, request_release, request_get_domain_path,
	request_is_introduced, request_resume, request_set_target;
/* request_control.c */
request_handler request_control;

#endif
