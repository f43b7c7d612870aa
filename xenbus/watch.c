// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of watches. The hash is computed along the path, so that all prefixes cost one pass;
 * it is seeded, so that nobody can aim many paths at one bucket beforehand.
 */
#include "xenbus/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "xenbus/memory.h"

#define WATCH_FIRST_BUCKETS 64

struct watch_point {
	struct watch_point *next;
	struct watch *first;
	uint64_t hash;
	size_t length;
	char path[];
};

int watches_create(struct watches *watches)
{
	*watches = (struct watches){ .bucket_count = WATCH_FIRST_BUCKETS };
	if (getrandom(&watches->seed, sizeof(watches->seed), 0) != sizeof(watches->seed)) {
		watches->seed = (uintptr_t)watches;
	}
	watches->buckets = memory_allocate(WATCH_FIRST_BUCKETS * sizeof(watches->buckets[0]));
	return watches->buckets != NULL ? 0 : -ENOMEM;
}

void watches_destroy(struct watches *watches)
{
	memory_free(watches->buckets);
	watches->buckets = NULL;
}

static uint64_t watch_hash_step(uint64_t hash, char c)
{
	hash = (hash ^ (unsigned char)c) * 0x9e3779b97f4a7c15ull;
	return hash ^ (hash >> 29);
}

static uint64_t watch_hash(const struct watches *watches, const char *path, size_t length)
{
	uint64_t hash = watches->seed;
	size_t i;

	for (i = 0; i < length; i++) {
		hash = watch_hash_step(hash, path[i]);
	}
	return hash;
}

static struct watch_point **watch_bucket(struct watches *watches, uint64_t hash)
{
	return &watches->buckets[(hash >> 32) & (watches->bucket_count - 1)];
}

static struct watch_point *watch_find_point(struct watches *watches, uint64_t hash,
					    const char *path, size_t length)
{
	struct watch_point *point = *watch_bucket(watches, hash);

	while (point != NULL && (point->hash != hash || point->length != length ||
				 memcmp(point->path, path, length) != 0)) {
		point = point->next;
	}
	return point;
}

/* Doubles the table; when memory ran out the old one serves on, more slowly. */
static void watch_grow(struct watches *watches)
{
	uint32_t old_count = watches->bucket_count;
	struct watch_point **old = watches->buckets;
	struct watch_point **grown = memory_allocate(2 * old_count * sizeof(old[0]));
	uint32_t i;

	if (grown == NULL) {
		return;
	}
	watches->buckets = grown;
	watches->bucket_count = 2 * old_count;
	for (i = 0; i < old_count; i++) {
		while (old[i] != NULL) {
			struct watch_point *point = old[i];
			struct watch_point **bucket = watch_bucket(watches, point->hash);

			old[i] = point->next;
			point->next = *bucket;
			*bucket = point;
		}
	}
	memory_free(old);
}

static struct watch_point *watch_create_point(struct watches *watches, const char *path)
{
	size_t length = strlen(path);
	uint64_t hash = watch_hash(watches, path, length);
	struct watch_point *point = watch_find_point(watches, hash, path, length);
	struct watch_point **bucket;

	if (point != NULL) {
		return point;
	}
	point = memory_allocate(sizeof(*point) + length + 1);
	if (point == NULL) {
		return NULL;
	}
	if (watches->point_count >= watches->bucket_count) {
		watch_grow(watches);
	}
	point->hash = hash;
	point->length = length;
	memcpy(point->path, path, length);
	bucket = watch_bucket(watches, hash);
	point->next = *bucket;
	*bucket = point;
	watches->point_count++;
	return point;
}

struct watch *watch_create(struct watches *watches, const char *path, const char *token)
{
	size_t token_bytes = strlen(token) + 1;
	struct watch *watch = memory_allocate(sizeof(*watch) + token_bytes);

	if (watch == NULL) {
		return NULL;
	}
	watch->point = watch_create_point(watches, path);
	if (watch->point == NULL) {
		memory_free(watch);
		return NULL;
	}
	memcpy(watch->token, token, token_bytes);
	watch->serial = ++watches->last_serial;
	watch->point_next = watch->point->first;
	watch->point_link = &watch->point->first;
	if (watch->point_next != NULL) {
		watch->point_next->point_link = &watch->point_next;
	}
	watch->point->first = watch;
	return watch;
}

static void watch_remove_point(struct watches *watches, struct watch_point *point)
{
	struct watch_point **link = watch_bucket(watches, point->hash);

	while (*link != point) {
		link = &(*link)->next;
	}
	*link = point->next;
	watches->point_count--;
	memory_free(point);
}

void watch_destroy(struct watches *watches, struct watch *watch)
{
	*watch->point_link = watch->point_next;
	if (watch->point_next != NULL) {
		watch->point_next->point_link = watch->point_link;
	}
	if (watch->point->first == NULL) {
		watch_remove_point(watches, watch->point);
	}
	memory_free(watch);
}

const char *watch_path(const struct watch *watch)
{
	return watch->point->path;
}

struct watch *watch_find(struct watches *watches, const struct conn *conn, const char *path,
			 const char *token)
{
	size_t length = strlen(path);
	uint64_t hash = watch_hash(watches, path, length);
	struct watch_point *point = watch_find_point(watches, hash, path, length);
	struct watch *watch = point != NULL ? point->first : NULL;

	while (watch != NULL && (watch->conn != conn || strcmp(watch->token, token) != 0)) {
		watch = watch->point_next;
	}
	return watch;
}

static void watch_call(struct watch_point *point, watch_callback *callback, void *arg)
{
	struct watch *watch = point != NULL ? point->first : NULL;

	for (; watch != NULL; watch = watch->point_next) {
		callback(watch, arg);
	}
}

void watches_match_exact(struct watches *watches, const char *path, watch_callback *callback,
			 void *arg)
{
	size_t length = strlen(path);

	watch_call(watch_find_point(watches, watch_hash(watches, path, length), path, length),
		   callback, arg);
}

void watches_match(struct watches *watches, const char *path, watch_callback *callback, void *arg)
{
	uint64_t hash = watches->seed;
	size_t i;

	for (i = 0; path[i] != '\0'; i++) {
		hash = watch_hash_step(hash, path[i]);
		/* A prefix ends at the root, before each '/', and at the end. */
		if (i == 0 ? path[0] == '/' : path[i + 1] == '/' || path[i + 1] == '\0') {
			watch_call(watch_find_point(watches, hash, path, i + 1), callback, arg);
		}
	}
}
