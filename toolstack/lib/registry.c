// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file is an array of records and nothing else. It is root's alone, but its contents are
 * checked all the same: a name without an end would be one. A large file is mapped, because a copy
 * would be most of what a look-up costs then; a small one is cheaper to copy. It never gets shorter.
 */
#include "lib/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/paths.h"
#include "lib/run_lock.h"
#include "sys/error.h"

#define REGISTRY_MAX_BYTES (64u << 20)
#define REGISTRY_COPY_BYTES 16384u
/* Locks of domain numbers lie far behind the records. */
#define REGISTRY_HOLD_OFFSET (1ll << 40)

/* A copy, or a mapping that shows changes; both with room for the record that may be added at the end. */
static int registry_get_records(struct registry *registry)
{
	size_t bytes = (size_t)registry->count * sizeof(struct registry_record);
	size_t room = bytes + sizeof(struct registry_record);
	void *map;

	if (bytes <= REGISTRY_COPY_BYTES) {
		registry->records = malloc(room);
		if (registry->records == NULL) {
			return -ENOMEM;
		}
		return pread(registry->fd, registry->records, bytes, 0) == (ssize_t)bytes ? 0 : -EIO;
	}
	map = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE, registry->fd, 0);
	if (map == MAP_FAILED) {
		return -errno;
	}
	registry->records = map;
	registry->mapped_bytes = room;
	return 0;
}

static int registry_load(struct registry *registry, struct error *error)
{
	struct stat st;
	uint32_t i;
	int rc;

	if (fstat(registry->fd, &st) < 0 || st.st_size > REGISTRY_MAX_BYTES) {
		return error_set(error, EIO, LAMINA_REGISTRY, "is damaged");
	}
	registry->count = (uint32_t)((size_t)st.st_size / sizeof(struct registry_record));
	rc = registry_get_records(registry);
	if (rc < 0) {
		return error_set(error, -rc, LAMINA_REGISTRY, "cannot be read: %s", strerror(-rc));
	}
	for (i = 0; i < registry->count; i++) {
		char *end = &registry->records[i].name[DOMAIN_NAME_BYTES - 1];

		if (*end != '\0') {
			*end = '\0'; /* not in the file */
		}
	}
	return 0;
}

int registry_read(struct registry *registry, struct error *error)
{
	int rc;

	memset(registry, 0, sizeof(*registry));
	registry->fd = open(LAMINA_REGISTRY, O_RDONLY | O_CLOEXEC);
	if (registry->fd < 0) {
		return errno == ENOENT ? 0 :
		       error_set(error, errno, LAMINA_REGISTRY, "cannot be read: %s",
				 strerror(errno));
	}
	rc = registry_load(registry, error);
	if (rc < 0) {
		registry_close(registry);
	}
	return rc;
}

/* Opened and locked, nothing read. */
static int registry_open_locked(struct registry *registry, struct error *error)
{
	struct flock lock = { .l_type = F_WRLCK, .l_len = REGISTRY_HOLD_OFFSET };
	int rc;

	memset(registry, 0, sizeof(*registry));
	registry->fd = open(LAMINA_REGISTRY, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (registry->fd < 0 && errno == ENOENT) {
		rc = run_dir_create(error);
		if (rc < 0) {
			return rc;
		}
		registry->fd = open(LAMINA_REGISTRY, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	if (registry->fd < 0) {
		return error_set(error, errno, LAMINA_REGISTRY, "cannot be opened: %s",
				 strerror(errno));
	}
	do {
		rc = fcntl(registry->fd, F_OFD_SETLKW, &lock);
	} while (rc < 0 && errno == EINTR);
	if (rc < 0) {
		rc = error_set(error, errno, LAMINA_REGISTRY, "cannot be locked: %s", strerror(errno));
		registry_close(registry);
	}
	return rc;
}

int registry_lock(struct registry *registry, struct error *error)
{
	int rc = registry_open_locked(registry, error);

	if (rc == 0) {
		rc = registry_load(registry, error);
		if (rc < 0) {
			registry_close(registry);
		}
	}
	return rc;
}

/* True: the domain's record stands at @place, and is the only one here. */
static bool registry_load_record(struct registry *registry, uint32_t place, uint16_t domid, const uint8_t uuid[16])
{
	struct registry_record *record = malloc(sizeof(*record));

	if (record != NULL && pread(registry->fd, record, sizeof(*record), (off_t)place * (off_t)sizeof(*record)) ==
	    (ssize_t)sizeof(*record)) {
		record->name[DOMAIN_NAME_BYTES - 1] = '\0';
		registry->records = record;
		registry->first = place;
		registry->count = 1;
		if (registry_find(registry, domid, uuid) != NULL) {
			return true;
		}
	}
	free(record);
	registry->records = NULL;
	registry->first = registry->count = 0;
	return false;
}

int registry_lock_record(struct registry *registry, uint32_t place, uint16_t domid, const uint8_t uuid[16],
			 struct error *error)
{
	int rc = registry_open_locked(registry, error);

	if (rc == 0 && !registry_load_record(registry, place, domid, uuid)) {
		rc = registry_load(registry, error);
		if (rc < 0) {
			registry_close(registry);
		}
	}
	return rc;
}

void registry_close(struct registry *registry)
{
	if (registry->fd >= 0) {
		close(registry->fd);
	}
	if (registry->mapped_bytes != 0) {
		munmap(registry->records, registry->mapped_bytes);
	} else {
		free(registry->records);
	}
	registry->mapped_bytes = 0;
	registry->records = NULL;
	registry->first = 0;
	registry->count = 0;
	registry->fd = -1;
}

const struct registry_record *registry_find(const struct registry *registry, uint16_t domid,
					    const uint8_t uuid[16])
{
	uint32_t i;

	for (i = 0; i < registry->count; i++) {
		const struct registry_record *record = &registry->records[i];

		if (record->domid == domid && record->name[0] != '\0' &&
		    memcmp(record->uuid, uuid, sizeof(record->uuid)) == 0) {
			return record;
		}
	}
	return NULL;
}

const struct registry_record *registry_find_name(const struct registry *registry,
						 const char *name,
						 const struct registry_record *after)
{
	uint32_t i = after != NULL ? (uint32_t)(after - registry->records) + 1 : 0;

	for (; i < registry->count; i++) {
		/* The first byte tells most of many apart. */
		if (registry->records[i].name[0] == name[0] && strcmp(registry->records[i].name, name) == 0) {
			return &registry->records[i];
		}
	}
	return NULL;
}

/* The place of the same domain number, else a free one, else a new one. */
static uint32_t registry_place(const struct registry *registry, uint16_t domid)
{
	uint32_t place = registry->count;
	uint32_t i;

	for (i = registry->count; i-- > 0;) {
		const struct registry_record *record = &registry->records[i];

		if (record->name[0] == '\0') {
			place = i;
		} else if (record->domid == domid) {
			return i;
		}
	}
	return place;
}

static int registry_store(struct registry *registry, uint32_t place,
			  const struct registry_record *record)
{
	ssize_t n = pwrite(registry->fd, record, sizeof(*record),
			   ((off_t)registry->first + (off_t)place) * (off_t)sizeof(*record));

	if (n != (ssize_t)sizeof(*record)) {
		return n < 0 ? -errno : -ENOSPC;
	}
	/* registry_load() left room for one more record; the next change follows a new load. */
	if (registry->mapped_bytes == 0) {
		registry->records[place] = *record;
	}
	if (place >= registry->count) {
		registry->count = place + 1;
	}
	return 0;
}

int registry_put(struct registry *registry, const struct registry_record *record,
		 struct error *error)
{
	uint32_t place = registry_place(registry, record->domid);
	int rc = registry_store(registry, place, record);

	if (rc < 0) {
		return error_set(error, -rc, LAMINA_REGISTRY, "cannot be written: %s",
				 strerror(-rc));
	}
	return 0;
}

int registry_remove(struct registry *registry, uint16_t domid, const uint8_t uuid[16])
{
	static const struct registry_record empty;
	const struct registry_record *record = registry_find(registry, domid, uuid);

	if (record == NULL) {
		return 0;
	}
	return registry_store(registry, (uint32_t)(record - registry->records), &empty);
}

int registry_number(struct registry *registry, const uint8_t uuid[16], uint16_t domid,
		    struct error *error)
{
	const struct registry_record *found = registry_find(registry, REGISTRY_NO_DOMID, uuid);
	static const struct registry_record empty;
	struct registry_record record;
	uint32_t i;
	int rc;

	if (found == NULL) {
		return error_set(error, ENOENT, LAMINA_REGISTRY, "lost a record");
	}
	record = *found;
	record.domid = domid;
	rc = registry_store(registry, (uint32_t)(found - registry->records), &record);
	for (i = 0; i < registry->count && rc == 0; i++) {
		if (registry->records[i].domid == domid && registry->records[i].name[0] != '\0' &&
		    memcmp(registry->records[i].uuid, uuid, sizeof(record.uuid)) != 0) {
			rc = registry_store(registry, i, &empty);
		}
	}
	return rc < 0 ? error_set(error, -rc, LAMINA_REGISTRY, "cannot be written: %s",
				  strerror(-rc)) : (int)(found - registry->records);
}

static struct flock registry_hold_range(uint16_t domid)
{
	return (struct flock){ .l_type = F_WRLCK, .l_start = REGISTRY_HOLD_OFFSET + domid,
			       .l_len = 1 };
}

int registry_hold(uint16_t domid)
{
	struct flock lock = registry_hold_range(domid);
	int fd = open(LAMINA_REGISTRY, O_RDWR | O_CLOEXEC);
	int code;

	if (fd < 0) {
		return -errno;
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		code = errno;
		close(fd);
		return -code;
	}
	return fd;
}

bool registry_is_held(const struct registry *registry, uint16_t domid)
{
	struct flock lock = registry_hold_range(domid);

	return fcntl(registry->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
