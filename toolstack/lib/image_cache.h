/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unpacked kernels, kept by content: /var/cache/lamina/HASH.elf. A second name per file leads
 * there without reading the file: a link named after device, inode, size and change time. The
 * change time cannot be set back by a file's owner; a file that changed within the last seconds
 * gets no such link, because a second change could carry the same time.
 *
 * A cache that cannot be written is no error: then nothing is kept.
 */
#ifndef TOOLSTACK_LIB_IMAGE_CACHE_H
#define TOOLSTACK_LIB_IMAGE_CACHE_H

#include <stdint.h>

struct image_cache_key {
	char link[160];		/* name of the link for the packed file as it stands */
	char content[96];	/* name of the contents; empty until known */
	int may_link;
};

/* The link's name for an open packed file. Returns 0 or -errno. */
int image_cache_key_from_file(int fd, struct image_cache_key *key);
/* Hashes @bytes at @offset into key->content. Returns 0 or -errno. */
int image_cache_hash(int fd, uint64_t offset, uint64_t bytes, struct image_cache_key *key);

/* A descriptor of the unpacked image, or -ENOENT. By link, then by content. */
int image_cache_open_link(const struct image_cache_key *key);
int image_cache_open_content(const struct image_cache_key *key);

/* A file without a name, to be filled: in the cache when possible, else in memory. */
int image_cache_new_file(void);
/* Gives the filled file its names, and throws out what is too much. */
void image_cache_keep(int fd, const struct image_cache_key *key);

#endif
