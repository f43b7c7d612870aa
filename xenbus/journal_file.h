/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside journal*.c: the file, its records, and what a replay collects about domains.
 */
#ifndef XENBUS_JOURNAL_FILE_H
#define XENBUS_JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct restored;
struct store;

#define JOURNAL_MAGIC "XSJRNL01"
#define JOURNAL_BOOT_BYTES 40

struct journal_header {
	char magic[8];
	char boot[JOURNAL_BOOT_BYTES]; /* of the machine */
	uint64_t epoch;		       /* processes that served this store */
	uint64_t attempts;	       /* to replay it, without success so far */
	uint64_t committed;	       /* bytes, this header included */
};

enum journal_kind {
	JOURNAL_CHANGE = 1,
	JOURNAL_SPECIAL,
	JOURNAL_DEATH,
	JOURNAL_QUOTA,
	JOURNAL_WATCH,
	JOURNAL_UNWATCH,
	JOURNAL_TRANSACTION,
	JOURNAL_RESET,
	JOURNAL_INTRODUCE,
	JOURNAL_RELEASE,
	JOURNAL_FLAGS,
	JOURNAL_TURN,
};

/* A record: this, then @bytes, then padding to eight bytes. */
struct journal_record {
	uint32_t bytes;
	uint16_t kind;
	uint16_t domid;
};

struct journal_change {
	uint8_t kind;
	uint8_t is_privileged;
	uint16_t target;
	uint32_t path_bytes; /* its end included */
	uint32_t data_bytes; /* value, or struct perms_entry[] */
};

struct journal_introduce {
	uint64_t mfn;
	uint32_t port;
	uint8_t handle[16];
};

struct journal_turn {
	uint32_t req_cons;     /* consumed so far */
	uint32_t rsp_prod;     /* in the ring so far */
	uint32_t has_overflowed;
	uint32_t input_bytes;  /* of a half message: all of it */
	uint32_t output_bytes; /* that are new in the queue */
};

struct journal {
	char *path;
	int fd;
	struct journal_header *header; /* the mapping; NULL: given up */
	size_t room;
	size_t used;	    /* end of what was appended, committed or not */
	size_t compact_at;
	bool is_keeping;
	uint64_t epoch;
};

/* Maps a new file beside @path with an empty journal. Returns 0 or -errno. */
int journal_file_create(struct journal *journal, struct error *error);
/* Puts it in the place of @path. */
int journal_file_install(struct journal *journal, struct error *error);
void journal_file_close(struct journal *journal);
/* Room for a record, to be filled at once; NULL when there is no journal or no room. */
void *journal_append(struct store *store, enum journal_kind kind, uint16_t domid, size_t bytes);
void journal_commit(struct journal *journal);
/* Journals nothing any more, and nothing will be replayed. */
void journal_give_up(struct store *store, const char *why);

/* Appends records that make an empty store what @store is. */
void journal_write_snapshot(struct store *store);

/* Reads the file an earlier process left. *@restored may become NULL. */
void journal_replay(struct store *store, struct restored **restored);

#endif
