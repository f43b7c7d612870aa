/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is either whole or not there: written under another name beside its place, then renamed. An older file of that name
 * stays until then.
 */
#ifndef TOOLSTACK_LIB_CORE_FILE_H
#define TOOLSTACK_LIB_CORE_FILE_H

#include <stddef.h>
#include <stdint.h>

struct error;

struct core_file {
	const char *path;
	char part[1056];	/* where it is written */
	int fd;
};

/* Readable by its owner alone. Refuses a @path that exists and is no regular file. */
int core_file_open(struct core_file *file, const char *path, struct error *error);
int core_file_write(struct core_file *file, const void *data, size_t bytes, uint64_t offset, struct error *error);
/* The whole file is @bytes long: renames it into place. The file is closed, whatever is returned. */
int core_file_finish(struct core_file *file, uint64_t bytes, struct error *error);
/* Removes what was written. */
void core_file_drop(struct core_file *file);

#endif
