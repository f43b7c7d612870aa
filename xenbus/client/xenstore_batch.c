// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Batches: messages are laid end to end as they are collected, sent in pieces small enough that
 * their answers always fit the socket's buffer, and answered in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/client/xenstore_internal.h"

#define XS_BATCH_PIECE_BYTES 16384

struct xs_batch {
	struct xs_handle *h;
	xs_transaction_t t;
	char *bytes;
	size_t used;
	size_t room;
	unsigned int count;
	int error;
};

struct xs_batch *xs_batch_create(struct xs_handle *h, xs_transaction_t t)
{
	struct xs_batch *batch = calloc(1, sizeof(*batch));

	if (batch != NULL) {
		batch->h = h;
		batch->t = t;
	}
	return batch;
}

/* Room for one more message of @payload bytes after its header; NULL marks the batch failed. */
static char *xs_batch_add(struct xs_batch *batch, uint32_t type, size_t payload)
{
	struct xsd_sockmsg header = { .type = type, .tx_id = batch->t, .len = (uint32_t)payload };
	size_t need = batch->used + sizeof(header) + payload;
	char *at;

	if (payload > XENSTORE_PAYLOAD_MAX) {
		batch->error = batch->error != 0 ? batch->error : E2BIG;
	}
	if (batch->error == 0 && need > batch->room) {
		size_t room = need * 2;
		char *grown = realloc(batch->bytes, room);

		if (grown == NULL) {
			batch->error = ENOMEM;
		} else {
			batch->bytes = grown;
			batch->room = room;
		}
	}
	if (batch->error != 0) {
		return NULL;
	}
	at = batch->bytes + batch->used;
	memcpy(at, &header, sizeof(header));
	batch->used = need;
	batch->count++;
	return at + sizeof(header);
}

void xs_batch_write(struct xs_batch *batch, const char *path, const void *data, unsigned int len)
{
	size_t path_bytes = strlen(path) + 1;
	char *at = xs_batch_add(batch, XS_WRITE, path_bytes + len);

	if (at != NULL) {
		memcpy(at, path, path_bytes);
		if (len != 0) {
			memcpy(at + path_bytes, data, len);
		}
	}
}

static void xs_batch_path(struct xs_batch *batch, uint32_t type, const char *path)
{
	size_t path_bytes = strlen(path) + 1;
	char *at = xs_batch_add(batch, type, path_bytes);

	if (at != NULL) {
		memcpy(at, path, path_bytes);
	}
}

void xs_batch_mkdir(struct xs_batch *batch, const char *path)
{
	xs_batch_path(batch, XS_MKDIR, path);
}

void xs_batch_rm(struct xs_batch *batch, const char *path)
{
	xs_batch_path(batch, XS_RM, path);
}

void xs_batch_set_permissions(struct xs_batch *batch, const char *path,
			      const struct xs_permissions *perms, unsigned int num_perms)
{
	char text[XENSTORE_PAYLOAD_MAX];
	size_t path_bytes = strlen(path) + 1;
	size_t used = 0;
	unsigned int i;
	char *at;

	for (i = 0; i < num_perms; i++) {
		if (!xs_perm_to_string(&perms[i], text + used, sizeof(text) - used)) {
			batch->error = batch->error != 0 ? batch->error : errno;
			return;
		}
		used += strlen(text + used) + 1;
	}
	at = xs_batch_add(batch, XS_SET_PERMS, path_bytes + used);
	if (at != NULL) {
		memcpy(at, path, path_bytes);
		memcpy(at + path_bytes, text, used);
	}
}

/* Numbers and registers the messages of one piece; returns its length, *@count of them. */
static size_t xs_batch_prepare(struct xs_batch *batch, size_t start, struct xs_reply *replies,
			       unsigned int *count)
{
	size_t at = start;

	*count = 0;
	while (at < batch->used && (at == start || at - start < XS_BATCH_PIECE_BYTES)) {
		struct xsd_sockmsg header;

		memcpy(&header, batch->bytes + at, sizeof(header));
		xs_expect(batch->h, &replies[*count], header.type);
		header.req_id = replies[*count].req_id;
		memcpy(batch->bytes + at, &header, sizeof(header));
		at += sizeof(header) + header.len;
		++*count;
	}
	return at - start;
}

/* Sends the messages and waits for their answers; the first refusal is kept in batch->error. */
static bool xs_batch_run_pieces(struct xs_batch *batch, struct xs_reply *replies,
				unsigned int *failed)
{
	unsigned int done = 0;
	size_t at = 0;

	while (at < batch->used) {
		unsigned int count, i;
		size_t length = xs_batch_prepare(batch, at, replies, &count);
		bool is_sent = xs_send(batch->h, batch->bytes + at, length);

		if (!is_sent && batch->error == 0) {
			batch->error = errno;
			*failed = done;
		}
		for (i = 0; i < count; i++) {
			if (!is_sent) {
				xs_forget(batch->h, &replies[i]);
			} else if (!xs_await(batch->h, &replies[i]) && batch->error == 0) {
				batch->error = errno;
				*failed = done + i;
			}
			free(replies[i].payload);
		}
		if (!is_sent) {
			return false;
		}
		done += count;
		at += length;
	}
	return batch->error == 0;
}

bool xs_batch_run(struct xs_batch *batch, unsigned int *failed)
{
	struct xs_reply *replies = NULL;
	unsigned int place = batch->count;
	bool is_done = false;
	int error;

	if (batch->error == 0) {
		replies = calloc(batch->count != 0 ? batch->count : 1, sizeof(*replies));
		batch->error = replies == NULL ? ENOMEM : 0;
	}
	if (batch->error == 0) {
		is_done = xs_batch_run_pieces(batch, replies, &place);
	}
	if (failed != NULL) {
		*failed = place;
	}
	error = batch->error;
	free(replies);
	free(batch->bytes);
	free(batch);
	if (!is_done) {
		errno = error;
	}
	return is_done;
}
