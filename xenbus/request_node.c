// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that read or change nodes, inside a transaction or on the live tree.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/quota.h"
#include "xenbus/request.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/wire.h"


static const struct view *request_view(const struct request *request)
{
	return request->transaction != NULL ? &request->transaction->view : &request->store->live;
}

static int request_check_transaction_quota(const struct request *request)
{
	struct quota *quota = &request->store->quota;

	if (request->conn->subject.is_privileged) {
		return 0;
	}
	if (transaction_size(request->transaction) >= quota->limit[QUOTA_TRANSACTION_NODES]) {
		return quota_refuse(quota, QUOTA_TRANSACTION_NODES, -ENOSPC);
	}
	if (conn_transaction_bytes(request->conn) > quota->limit[QUOTA_TRANSACTION_BYTES]) {
		return quota_refuse(quota, QUOTA_TRANSACTION_BYTES, -ENOSPC);
	}
	return 0;
}

/* Finds a node for reading; inside a transaction the path counts as read from now on. */
static int request_find(const struct request *request, const char *given, unsigned int what,
			struct node **node)
{
	char path[PATH_BYTES];
	int rc = request_path(request, given, path, NULL);
	int found;

	if (rc < 0) {
		return rc;
	}
	found = view_access(request_view(request), &request->conn->subject, path, PERMS_READ, node);
	if (request->transaction == NULL || (found < 0 && found != -ENOENT)) {
		return found;
	}
	rc = request_check_transaction_quota(request);
	if (rc == 0) {
		rc = transaction_note_read(request->transaction, path, what);
	}
	return rc < 0 ? rc : found;
}

/* That @path is absent was an answer: it has to hold until the transaction's end. */
static int request_note_absence(const struct request *request, enum change_kind kind, char *path)
{
	/* RM of a node whose parent exists would have answered "done". */
	if (kind == CHANGE_RM) {
		path[path_parent_length(path)] = '\0';
	}
	return transaction_note_read(request->transaction, path, TRANSACTION_READ_NODE);
}

static int request_change(const struct request *request, const char *given, struct change *change)
{
	char path[PATH_BYTES];
	int rc = request_path(request, given, path, NULL);

	if (rc < 0) {
		return rc;
	}
	change->path = path;
	if (request->transaction == NULL) {
		return store_apply(request->store, &request->conn->subject, change);
	}
	rc = request_check_transaction_quota(request);
	if (rc < 0) {
		return rc;
	}
	rc = transaction_apply(request->transaction, &request->conn->subject, change);
	if (rc == -ENOENT && request_note_absence(request, change->kind, path) < 0) {
		return -ENOMEM;
	}
	return rc;
}

static int request_finish_change(const struct request *request, const char *given,
				 struct change *change)
{
	int rc = request_change(request, given, change);

	change_release(change);
	if (rc == 0) {
		request_reply_ok(request);
	}
	return rc;
}

/* Appends the names of a treap in order; returns the end. */
static char *request_append_names(char *at, const struct node *node)
{
	for (; node != NULL; node = node->right) {
		at = request_append_names(at, node->left);
		memcpy(at, node->name, node->name_length + 1);
		at += node->name_length + 1;
	}
	return at;
}

int request_directory(const struct request *request)
{
	char names[XENSTORE_PAYLOAD_MAX];
	const char *path;
	struct node *node;
	uint32_t bytes;
	int rc = request_strings(request, &path, 1);

	if (rc == 0) {
		rc = request_find(request, path, TRANSACTION_READ_CHILDREN, &node);
	}
	if (rc < 0) {
		return rc;
	}
	bytes = siblings_names_bytes(node->children);
	if (bytes > sizeof(names)) {
		return -E2BIG;
	}
	request_append_names(names, node->children);
	request_reply(request, names, bytes);
	return 0;
}

/* Copies whole names from @offset on into @at while they fit; returns how many bytes. */
static uint32_t request_copy_names(const struct node *node, uint32_t offset, char *at,
				   uint32_t room)
{
	uint32_t copied = 0;
	uint32_t start;
	const struct node *child;

	for (;;) {
		uint32_t part;

		child = siblings_at_offset(node->children, offset + copied, &start);
		if (child == NULL) {
			return copied;
		}
		part = start + child->name_length + 1 - (offset + copied);
		if (part > room - copied) {
			return copied;
		}
		memcpy(at + copied, child->name + child->name_length + 1 - part, part);
		copied += part;
	}
}

/* "<generation>\0" names... and one more NUL when these are the last. */
int request_directory_part(const struct request *request)
{
	char reply[XENSTORE_PAYLOAD_MAX];
	const char *strings[2];
	struct node *node;
	unsigned long offset;
	uint32_t head, names, total;
	int rc = request_strings(request, strings, 2);

	if (rc == 0) {
		rc = request_find(request, strings[0], TRANSACTION_READ_CHILDREN, &node);
	}
	if (rc < 0) {
		return rc;
	}
	offset = strtoul(strings[1], NULL, 10);
	total = siblings_names_bytes(node->children);
	if (offset > total) {
		offset = total;
	}
	head = (uint32_t)snprintf(reply, sizeof(reply), "%" PRIu64, node->children_generation) + 1;
	names = request_copy_names(node, (uint32_t)offset, reply + head,
				   (uint32_t)sizeof(reply) - head - 1);
	if (offset + names == total) {
		reply[head + names] = '\0';
		names++;
	}
	request_reply(request, reply, head + names);
	return 0;
}

int request_read(const struct request *request)
{
	const char *path;
	struct node *node;
	int rc = request_strings(request, &path, 1);

	if (rc == 0) {
		rc = request_find(request, path, TRANSACTION_READ_NODE, &node);
	}
	if (rc < 0) {
		return rc;
	}
	if (node->value != NULL) {
		request_reply(request, node->value->data, node->value->length);
	} else {
		request_reply(request, "", 0);
	}
	return 0;
}

int request_write(const struct request *request)
{
	struct change change = { .kind = CHANGE_WRITE };
	const char *path;
	size_t at = wire_split_strings(request->payload, request->bytes, &path, 1);

	if (at == 0) {
		return -EINVAL;
	}
	if (at < request->bytes) {
		change.value = value_create(request->payload + at, request->bytes - at);
		if (change.value == NULL) {
			return -ENOMEM;
		}
	}
	return request_finish_change(request, path, &change);
}

int request_mkdir(const struct request *request)
{
	struct change change = { .kind = CHANGE_MKDIR };
	const char *path;
	int rc = request_strings(request, &path, 1);

	return rc < 0 ? rc : request_finish_change(request, path, &change);
}

int request_rm(const struct request *request)
{
	struct change change = { .kind = CHANGE_RM };
	const char *path;
	int rc = request_strings(request, &path, 1);

	return rc < 0 ? rc : request_finish_change(request, path, &change);
}

static const struct perms *request_find_perms(const struct request *request, const char *path,
					      int *rc)
{
	struct node *node;

	if (path_is_special(path)) {
		*rc = store_find_special(path);
		if (*rc >= 0 && !(perms_rights_of(request->store->special[*rc],
						  &request->conn->subject,
						  &request->store->tally.lives) & PERMS_READ)) {
			*rc = -EACCES;
		}
		return *rc < 0 ? NULL : request->store->special[*rc];
	}
	*rc = request_find(request, path, TRANSACTION_READ_NODE, &node);
	return *rc < 0 ? NULL : node->perms;
}

int request_get_perms(const struct request *request)
{
	char reply[XENSTORE_PAYLOAD_MAX];
	const struct lives *lives = &request->store->tally.lives;
	const struct perms *perms;
	struct perms_entry entry;
	const char *path;
	size_t at = 0;
	uint32_t i;
	int rc = request_strings(request, &path, 1);

	if (rc < 0) {
		return rc;
	}
	perms = request_find_perms(request, path, &rc);
	if (perms == NULL) {
		return rc;
	}
	for (i = 0; i < perms->count; i++) {
		entry = perms->entry[i];
		if (i == 0) {
			entry.domid = perms_owner(perms, lives);
		} else if (perms_entry_is_void(perms, i, lives)) {
			continue;
		}
		if (at + 8 > sizeof(reply)) {
			return -E2BIG;
		}
		at += perms_format_entry(&entry, reply + at) + 1;
	}
	request_reply(request, reply, at);
	return 0;
}

/* Parses the entries after the path; returns how many, or -EINVAL. */
static int request_parse_perms(const struct request *request, size_t at,
			       struct perms_entry *entries)
{
	int count = 0;

	while (at < request->bytes) {
		const char *text;
		size_t used = wire_split_strings(request->payload + at, request->bytes - at, &text, 1);

		if (used == 0 || count == PERMS_MAX_ENTRIES ||
		    perms_parse_entry(text, &entries[count]) < 0) {
			return -EINVAL;
		}
		count++;
		at += used;
	}
	return count != 0 ? count : -EINVAL;
}

static int request_set_special_perms(const struct request *request, const char *path,
				     struct change *change)
{
	int special = store_find_special(path);

	if (!request->conn->subject.is_privileged) {
		return -EACCES;
	}
	if (special < 0) {
		return special;
	}
	store_set_special_perms(request->store, (enum store_special)special, change->perms);
	change->perms = NULL;
	request_reply_ok(request);
	return 0;
}

int request_set_perms(const struct request *request)
{
	struct change change = { .kind = CHANGE_SET_PERMS };
	struct perms_entry entries[PERMS_MAX_ENTRIES];
	const char *path;
	size_t at = wire_split_strings(request->payload, request->bytes, &path, 1);
	int count = at == 0 ? -EINVAL : request_parse_perms(request, at, entries);
	int rc, i;

	if (count < 0) {
		return count;
	}
	if (!request->conn->subject.is_privileged &&
	    (uint32_t)count > request->store->quota.limit[QUOTA_PERMS]) {
		return quota_refuse(&request->store->quota, QUOTA_PERMS, -ENOSPC);
	}
	for (i = 0; i < count; i++) {
		domain_note_reference(request->store, entries[i].domid);
	}
	change.perms = perms_create(entries, (uint32_t)count, ++request->store->tally.generation);
	if (change.perms == NULL) {
		return -ENOMEM;
	}
	if (!path_is_special(path)) {
		return request_finish_change(request, path, &change);
	}
	rc = request_set_special_perms(request, path, &change);
	change_release(&change);
	return rc;
}
