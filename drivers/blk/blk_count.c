// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of disks, in a file on a memory file system (drivers/blk/counters.h). Without the file, or when it has no room, nothing is
 * counted: no disk fails for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "drivers/blk/counters.h"
#include "sys/error.h"

static struct blk_counter_file *count_file;
/* Records of disks that this process has seen; others are a predecessor's. */
static bool count_claimed[BLK_COUNTERS_MAX];

int blk_count_open(const char *path, struct error *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	void *memory = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, sizeof(*count_file)) == 0) {
		memory = mmap(NULL, sizeof(*count_file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (memory == MAP_FAILED) {
		error_set(error, errno, path, "cannot be used: %s", strerror(errno));
	}
	if (fd >= 0) {
		close(fd);
	}
	if (memory == MAP_FAILED) {
		return -EIO;
	}
	count_file = memory;
	if (count_file->magic != BLK_COUNTERS_MAGIC || count_file->made > BLK_COUNTERS_MAX) {
		/* A fresh file is zero as it is; writing it would make all of its pages. */
		if (count_file->magic != 0) {
			memset(count_file, 0, sizeof(*count_file));
		}
		count_file->magic = BLK_COUNTERS_MAGIC;
	}
	memset(count_claimed, 0, sizeof(count_claimed));
	return 0;
}

static struct blk_counter_record *count_find(const struct back_device *device)
{
	uint32_t i;

	for (i = 0; i < count_file->made; i++) {
		struct blk_counter_record *record = &count_file->records[i];

		if (record->is_used && record->domid == device->domid &&
		    record->number == device->number) {
			return record;
		}
	}
	return NULL;
}

/* A record that nobody has: free, new, or one of a disk that went while no lam-blkd was there. */
static struct blk_counter_record *count_free(void)
{
	uint32_t i;

	for (i = 0; i < count_file->made; i++) {
		if (!count_file->records[i].is_used) {
			return &count_file->records[i];
		}
	}
	if (count_file->made < BLK_COUNTERS_MAX) {
		return &count_file->records[count_file->made++];
	}
	for (i = 0; i < BLK_COUNTERS_MAX && count_claimed[i]; i++) {
	}
	return i < BLK_COUNTERS_MAX ? &count_file->records[i] : NULL;
}

void blk_count_begin(struct blk_device *device)
{
	struct blk_counter_record *record;

	if (device->counters != NULL || count_file == NULL) {
		return;
	}
	record = count_find(&device->base);
	if (record == NULL) {
		record = count_free();
		if (record == NULL) {
			return;
		}
		*record = (struct blk_counter_record){ .number = device->base.number,
						       .domid = device->base.domid };
		__atomic_store_n(&record->is_used, 1, __ATOMIC_RELEASE);
	}
	count_claimed[record - count_file->records] = true;
	device->counters = record;
}

void blk_count_end(struct blk_device *device)
{
	if (device->counters != NULL) {
		device->counters->is_used = 0;
		count_claimed[device->counters - count_file->records] = false;
		device->counters = NULL;
	}
}

static void count_add(struct blk_device *device, enum blk_counter counter, uint64_t count)
{
	uint64_t *place = &device->counters->counts[counter];

	__atomic_store_n(place, *place + count, __ATOMIC_RELAXED);
}

void blk_count_stall(struct blk_device *device)
{
	if (device->counters != NULL) {
		count_add(device, BLK_COUNT_STALLED, 1);
	}
}

void blk_count_answer(struct blk_device *device, const struct blk_request *request)
{
	const struct blk_asked *asked = &request->asked;

	if (device->counters == NULL) {
		return;
	}
	if (request->status == BLK_STATUS_ERROR) {
		count_add(device, BLK_COUNT_ERRORS, 1);
	} else if (request->status != BLK_STATUS_DONE) {
		/* What is not supported was not done either, but is no fault. */
	} else if (asked->operation == BLK_OP_READ) {
		count_add(device, BLK_COUNT_READS, 1);
		count_add(device, BLK_COUNT_READ_SECTORS, asked->sector_count);
	} else if (asked->operation == BLK_OP_WRITE) {
		count_add(device, BLK_COUNT_WRITES, 1);
		count_add(device, BLK_COUNT_WRITTEN_SECTORS, asked->sector_count);
	} else {
		count_add(device, BLK_COUNT_OTHERS, 1);
	}
}
