// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files appear whole: filled without a name (O_TMPFILE), then linked. A process that dies leaves
 * nothing. The oldest images go when the cache grows beyond its limits.
 */
#include "lib/image_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/blake2b.h"
#include "lib/paths.h"

#define IMAGE_CACHE_MAX_BYTES (1ll << 30)
#define IMAGE_CACHE_MAX_NAMES 256u
#define IMAGE_CACHE_SETTLE_SECONDS 2
#define IMAGE_CACHE_READ_BYTES 65536u

int image_cache_key_from_file(int fd, struct image_cache_key *key)
{
	struct timespec now;
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	key->content[0] = '\0';
	key->may_link = now.tv_sec - st.st_ctim.tv_sec > IMAGE_CACHE_SETTLE_SECONDS ||
			now.tv_sec < st.st_ctim.tv_sec - IMAGE_CACHE_SETTLE_SECONDS;
	snprintf(key->link, sizeof(key->link), "%s/file-%llx-%llx-%llx-%llx.%lx", LAMINA_CACHE_DIR,
		 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
		 (unsigned long long)st.st_size, (unsigned long long)st.st_ctim.tv_sec,
		 (unsigned long)st.st_ctim.tv_nsec);
	return 0;
}

int image_cache_hash(int fd, uint64_t offset, uint64_t bytes, struct image_cache_key *key)
{
	uint8_t digest[BLAKE2B_DIGEST_BYTES];
	char *buffer = malloc(IMAGE_CACHE_READ_BYTES);
	struct blake2b state;
	ssize_t n = 0;
	int length;
	size_t i;

	if (buffer == NULL) {
		return -ENOMEM;
	}
	blake2b_start(&state);
	while (bytes != 0) {
		size_t want = bytes < IMAGE_CACHE_READ_BYTES ? bytes : IMAGE_CACHE_READ_BYTES;

		n = pread(fd, buffer, want, (off_t)offset);
		if (n <= 0) {
			break;
		}
		blake2b_add(&state, buffer, (size_t)n);
		offset += (uint64_t)n;
		bytes -= (uint64_t)n;
	}
	free(buffer);
	if (bytes != 0) {
		return n < 0 ? -errno : -EIO;
	}
	blake2b_finish(&state, digest);
	length = snprintf(key->content, sizeof(key->content), "%s/", LAMINA_CACHE_DIR);
	for (i = 0; i < 16; i++) {
		length += snprintf(key->content + length, sizeof(key->content) - (size_t)length,
				   "%02x", digest[i]);
	}
	snprintf(key->content + length, sizeof(key->content) - (size_t)length, ".elf");
	return 0;
}

static int image_cache_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int image_cache_open_link(const struct image_cache_key *key)
{
	return image_cache_open(key->link);
}

static void image_cache_link(const struct image_cache_key *key)
{
	const char *target = strrchr(key->content, '/');

	if (key->may_link && target != NULL) {
		unlink(key->link);
		/* Without the link the next look-up costs a hash, no more. */
		if (symlink(target + 1, key->link) < 0) {
			return;
		}
	}
}

int image_cache_open_content(const struct image_cache_key *key)
{
	int fd = image_cache_open(key->content);

	if (fd >= 0) {
		image_cache_link(key);
	}
	return fd;
}

int image_cache_new_file(void)
{
	int fd;

	if (mkdir(LAMINA_CACHE_DIR, 0700) < 0 && errno == ENOENT) {
		mkdir("/var", 0755);
		mkdir("/var/cache", 0755);
		mkdir(LAMINA_CACHE_DIR, 0700);
	}
	fd = open(LAMINA_CACHE_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		fd = memfd_create("lamina-kernel", MFD_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

struct image_cache_scan {
	long long bytes;
	unsigned int names;
	time_t oldest_time;
	char oldest[300];
};

/* Sums up the cache and finds its oldest image, or its oldest link when there are too many. */
static void image_cache_scan(DIR *dir, struct image_cache_scan *scan)
{
	struct dirent *entry;
	struct stat st;

	memset(scan, 0, sizeof(*scan));
	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			continue;
		}
		scan->bytes += (long long)st.st_blocks * 512;
		scan->names++;
		if (scan->oldest[0] == '\0' || st.st_mtime < scan->oldest_time) {
			scan->oldest_time = st.st_mtime;
			snprintf(scan->oldest, sizeof(scan->oldest), "%s", entry->d_name);
		}
	}
}

static void image_cache_shrink(void)
{
	struct image_cache_scan scan;
	DIR *dir = opendir(LAMINA_CACHE_DIR);
	unsigned int rounds;

	if (dir == NULL) {
		return;
	}
	for (rounds = 0; rounds < IMAGE_CACHE_MAX_NAMES; rounds++) {
		image_cache_scan(dir, &scan);
		if ((scan.bytes <= IMAGE_CACHE_MAX_BYTES && scan.names <= IMAGE_CACHE_MAX_NAMES) ||
		    unlinkat(dirfd(dir), scan.oldest, 0) < 0) {
			break;
		}
	}
	closedir(dir);
}

void image_cache_keep(int fd, const struct image_cache_key *key)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, key->content, AT_SYMLINK_FOLLOW) < 0 &&
	    errno != EEXIST) {
		return;
	}
	image_cache_link(key);
	image_cache_shrink();
}
