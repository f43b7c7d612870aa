/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What client and daemon both need of the wire format beyond its layout: errors travel by name,
 * payloads are strings in a row.
 */
#ifndef XENBUS_WIRE_H
#define XENBUS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

/* The name under which @error (errno or -errno) travels; "EINVAL" for one that has none. */
const char *wire_error_name(int error);
/* The errno of a name, which need not be terminated within @bytes; EINVAL for an unknown one. */
int wire_error_number(const char *name, size_t bytes);

/* How many terminated strings @payload has; the last one may lack its end and is not counted. */
unsigned int wire_count_strings(const char *payload, size_t bytes);
/*
 * Splits the first @count strings off; @strings[i] point into @payload. Returns the offset of what
 * follows them, or 0 when there are fewer.
 */
size_t wire_split_strings(const char *payload, size_t bytes, const char **strings,
			  unsigned int count);

#endif
