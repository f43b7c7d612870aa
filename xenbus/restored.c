// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bookkeeping of a replay. Domains are few and a replay is rare: lists will do.
 */
#include "xenbus/restored.h"

#include <errno.h>
#include <string.h>

#include "xenbus/memory.h"
#include "xenbus/perms.h"

struct restored *restored_find(struct restored **list, uint16_t domid)
{
	struct restored *restored = *list;

	while (restored != NULL && restored->domid != domid) {
		restored = restored->next;
	}
	if (restored == NULL) {
		restored = memory_allocate(sizeof(*restored));
		if (restored != NULL) {
			restored->domid = domid;
			restored->target = PERMS_NO_DOMID;
			restored->next = *list;
			*list = restored;
		}
	}
	return restored;
}

void restored_forget_session(struct restored *restored)
{
	while (restored->watches != NULL) {
		struct restored_watch *watch = restored->watches;

		restored->watches = watch->next;
		memory_free(watch);
	}
	restored->transaction_count = 0;
}

static void restored_bytes_free(struct restored_bytes *bytes)
{
	memory_free(bytes->data);
	*bytes = (struct restored_bytes){ 0 };
}

void restored_forget_stream(struct restored *restored)
{
	restored_bytes_free(&restored->input);
	restored_bytes_free(&restored->output);
	restored->has_position = false;
	restored->has_overflowed = false;
}

int restored_add_watch(struct restored *restored, const char *path, const char *token,
		       size_t prefix_bytes)
{
	size_t path_bytes = strlen(path) + 1;
	size_t token_bytes = strlen(token) + 1;
	struct restored_watch *watch = memory_allocate(sizeof(*watch) + path_bytes + token_bytes);

	if (watch == NULL) {
		return -ENOMEM;
	}
	memcpy(watch->path, path, path_bytes);
	watch->token = watch->path + path_bytes;
	memcpy(watch->token, token, token_bytes);
	watch->prefix_bytes = prefix_bytes < path_bytes ? prefix_bytes : 0;
	watch->next = restored->watches;
	restored->watches = watch;
	return 0;
}

void restored_remove_watch(struct restored *restored, const char *path, const char *token)
{
	struct restored_watch **link = &restored->watches;

	while (*link != NULL) {
		struct restored_watch *watch = *link;

		if (strcmp(watch->path, path) == 0 && strcmp(watch->token, token) == 0) {
			*link = watch->next;
			memory_free(watch);
			return;
		}
		link = &watch->next;
	}
}

int restored_add_transaction(struct restored *restored, uint32_t id)
{
	size_t bytes = (restored->transaction_count + 1) * sizeof(uint32_t);
	uint32_t *grown = memory_resize(restored->transactions, bytes);

	if (grown == NULL) {
		return -ENOMEM;
	}
	restored->transactions = grown;
	restored->transactions[restored->transaction_count++] = id;
	return 0;
}

void restored_remove_transaction(struct restored *restored, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < restored->transaction_count; i++) {
		if (restored->transactions[i] == id) {
			restored->transactions[i] =
				restored->transactions[--restored->transaction_count];
			return;
		}
	}
}

int restored_bytes_move(struct restored_bytes *bytes, size_t drop, const char *data, size_t count)
{
	char *grown;

	if (drop > bytes->count) {
		return -EINVAL;
	}
	bytes->count -= drop;
	if (drop != 0 && bytes->count != 0) {
		memmove(bytes->data, bytes->data + drop, bytes->count);
	}
	if (count == 0) {
		return 0;
	}
	grown = memory_resize(bytes->data, bytes->count + count);
	if (grown == NULL) {
		return -ENOMEM;
	}
	memcpy(grown + bytes->count, data, count);
	bytes->data = grown;
	bytes->count += count;
	return 0;
}

void restored_free(struct restored *list)
{
	while (list != NULL) {
		struct restored *next = list->next;

		restored_forget_session(list);
		restored_forget_stream(list);
		memory_free(list->transactions);
		memory_free(list);
		list = next;
	}
}
