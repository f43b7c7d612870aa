// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal's file: mapping, growth, commit. Room is allocated before it is touched, so that a
 * full file system is an error of a call and never a signal.
 */
#include "xenbus/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "xenbus/journal_file.h"
#include "xenbus/memory.h"
#include "xenbus/store.h"

#define JOURNAL_FIRST_BYTES (256u << 10)
#define JOURNAL_COMPACT_BYTES (1u << 20)
/* A journal is written anew when it is this many times as long as it was when new. */
#define JOURNAL_COMPACT_RATIO 4
/* So many processes in a row died of reading it, or were killed at it. */
#define JOURNAL_MAX_ATTEMPTS 16

static void journal_read_boot(char boot[JOURNAL_BOOT_BYTES])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	memset(boot, 0, JOURNAL_BOOT_BYTES);
	if (fd >= 0) {
		got = read(fd, boot, JOURNAL_BOOT_BYTES - 1);
		close(fd);
	}
	if (got <= 0) {
		memcpy(boot, "unknown", 8);
	}
}

int journal_file_create(struct journal *journal, struct error *error)
{
	char path[4096];
	void *base;
	int rc;

	snprintf(path, sizeof(path), "%s.new", journal->path);
	journal->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (journal->fd < 0) {
		return error_set(error, errno, path, "cannot create the journal");
	}
	rc = posix_fallocate(journal->fd, 0, JOURNAL_FIRST_BYTES);
	base = rc != 0 ? MAP_FAILED
		       : mmap(NULL, JOURNAL_FIRST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			      journal->fd, 0);
	if (base == MAP_FAILED) {
		rc = error_set(error, rc != 0 ? rc : errno, path, "no room for the journal");
		close(journal->fd);
		unlink(path);
		return rc;
	}
	journal->header = base;
	journal->room = JOURNAL_FIRST_BYTES;
	journal->used = sizeof(*journal->header);
	memcpy(journal->header->magic, JOURNAL_MAGIC, sizeof(journal->header->magic));
	journal_read_boot(journal->header->boot);
	journal->header->epoch = journal->epoch;
	journal->header->committed = journal->used;
	return 0;
}

int journal_file_install(struct journal *journal, struct error *error)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.new", journal->path);
	if (rename(path, journal->path) < 0) {
		return error_set(error, errno, journal->path, "cannot install the journal");
	}
	return 0;
}

void journal_file_close(struct journal *journal)
{
	if (journal->header != NULL) {
		munmap(journal->header, journal->room);
		close(journal->fd);
		journal->header = NULL;
	}
}

void journal_give_up(struct store *store, const char *why)
{
	log_error("journal %s: %s; a restart will find an empty store", store->journal->path, why);
	unlink(store->journal->path);
	journal_file_close(store->journal);
	store->journal->is_keeping = false;
}

static bool journal_grow(struct journal *journal, size_t need)
{
	size_t room = journal->room * 2;
	void *base;

	while (room < need) {
		room *= 2;
	}
	if (posix_fallocate(journal->fd, 0, (off_t)room) != 0) {
		return false;
	}
	base = mremap(journal->header, journal->room, room, MREMAP_MAYMOVE);
	if (base == MAP_FAILED) {
		return false;
	}
	journal->header = base;
	journal->room = room;
	return true;
}

void *journal_append(struct store *store, enum journal_kind kind, uint16_t domid, size_t bytes)
{
	struct journal *journal = store->journal;
	struct journal_record record = { (uint32_t)bytes, (uint16_t)kind, domid };
	size_t need;
	char *at;

	if (journal == NULL || !journal->is_keeping) {
		return NULL;
	}
	need = journal->used + sizeof(record) + ((bytes + 7) & ~(size_t)7);
	if (need > journal->room && !journal_grow(journal, need)) {
		journal_give_up(store, "no room to grow");
		return NULL;
	}
	at = (char *)journal->header + journal->used;
	memcpy(at, &record, sizeof(record));
	journal->used = need;
	store->has_news = true;
	return at + sizeof(record);
}

void journal_commit(struct journal *journal)
{
	/* Pairs with nothing but the end of this process: records first, then what counts them. */
	__atomic_store_n(&journal->header->committed, journal->used, __ATOMIC_RELEASE);
}

/* Maps what an earlier process left, when it is of this boot and sound at the edges. */
static bool journal_map_old(struct journal *journal)
{
	char boot[JOURNAL_BOOT_BYTES];
	struct journal_header *header;
	off_t bytes;

	journal->fd = open(journal->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (journal->fd < 0) {
		return false;
	}
	bytes = lseek(journal->fd, 0, SEEK_END);
	journal->room = bytes > 0 ? (size_t)bytes : 0;
	header = journal->room < sizeof(*header)
			 ? MAP_FAILED
			 : mmap(NULL, journal->room, PROT_READ | PROT_WRITE, MAP_SHARED, journal->fd, 0);
	if (header == MAP_FAILED) {
		close(journal->fd);
		return false;
	}
	journal->header = header;
	journal_read_boot(boot);
	if (memcmp(header->magic, JOURNAL_MAGIC, sizeof(header->magic)) != 0 ||
	    memcmp(header->boot, boot, sizeof(boot)) != 0 || header->committed > journal->room ||
	    header->committed < sizeof(*header)) {
		log_info("journal %s: of another boot or not one of ours; starting empty",
			 journal->path);
		journal_file_close(journal);
		return false;
	}
	return true;
}

int journal_open(struct store *store, const char *path, struct restored **restored,
		 struct error *error)
{
	struct journal *journal = memory_allocate(sizeof(*journal));

	*restored = NULL;
	if (journal == NULL || (journal->path = memory_copy_string(path)) == NULL) {
		memory_free(journal);
		return error_set(error, ENOMEM, path, "no memory");
	}
	store->journal = journal;
	if (!journal_map_old(journal)) {
		return 0;
	}
	journal->epoch = journal->header->epoch + 1;
	if (journal->header->attempts >= JOURNAL_MAX_ATTEMPTS) {
		log_error("journal %s: given up after %u attempts; starting empty", path,
			  JOURNAL_MAX_ATTEMPTS);
	} else {
		journal->header->attempts++;
		/* Numbers of nodes must not repeat: clients compare them across a restart. */
		store->tally.generation += journal->epoch << 40;
		journal_replay(store, restored);
	}
	journal_file_close(journal);
	return 0;
}

int journal_start(struct store *store, struct error *error)
{
	struct journal *journal = store->journal;
	struct journal old = *journal;
	int rc;

	journal->header = NULL;
	rc = journal_file_create(journal, error);
	if (rc < 0) {
		*journal = old;
		return rc;
	}
	journal->is_keeping = true;
	journal_write_snapshot(store);
	if (journal->header == NULL) {
		journal_file_close(&old);
		return error_set(error, ENOSPC, journal->path, "no room for the journal");
	}
	journal_commit(journal);
	journal->compact_at = journal->used * JOURNAL_COMPACT_RATIO;
	if (journal->compact_at < JOURNAL_COMPACT_BYTES) {
		journal->compact_at = JOURNAL_COMPACT_BYTES;
	}
	rc = journal_file_install(journal, error);
	journal_file_close(&old);
	return rc;
}

void journal_close(struct store *store)
{
	if (store->journal != NULL) {
		journal_file_close(store->journal);
		memory_free(store->journal->path);
		memory_free(store->journal);
		store->journal = NULL;
	}
}
