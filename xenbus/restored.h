/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a journal says of one domain: built while it is replayed, used up by domain_restore_all().
 */
#ifndef XENBUS_RESTORED_H
#define XENBUS_RESTORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct restored_watch {
	struct restored_watch *next;
	size_t prefix_bytes;
	char *token; /* behind the path */
	char path[];
};

struct restored_bytes {
	char *data;
	size_t count;
};

struct restored {
	struct restored *next;
	uint16_t domid;
	uint16_t target;
	unsigned int flags; /* JOURNAL_FLAG_* */
	bool is_introduced;
	bool has_position;
	bool has_overflowed;
	uint64_t mfn;
	uint32_t port;
	uint8_t handle[16];
	uint32_t req_cons;
	uint32_t rsp_prod; /* where the first byte of @output goes */
	struct restored_bytes input;
	struct restored_bytes output;
	struct restored_watch *watches;
	uint32_t *transactions;
	uint32_t transaction_count;
};

/* The entry of @domid, made when there is none; NULL when memory ran out. */
struct restored *restored_find(struct restored **list, uint16_t domid);
/* Forgets watches and transactions. */
void restored_forget_session(struct restored *restored);
/* Forgets input and output too. */
void restored_forget_stream(struct restored *restored);
/* Returns 0 or -ENOMEM. */
int restored_add_watch(struct restored *restored, const char *path, const char *token,
		       size_t prefix_bytes);
void restored_remove_watch(struct restored *restored, const char *path, const char *token);
int restored_add_transaction(struct restored *restored, uint32_t id);
void restored_remove_transaction(struct restored *restored, uint32_t id);
/* Drops @drop bytes at the front and appends @count. Returns 0, -ENOMEM, -EINVAL. */
int restored_bytes_move(struct restored_bytes *bytes, size_t drop, const char *data, size_t count);
void restored_free(struct restored *list);

#endif
