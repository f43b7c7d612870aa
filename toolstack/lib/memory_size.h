/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Amounts of memory as people write them: a number with a letter for its unit.
 */
#ifndef TOOLSTACK_LIB_MEMORY_SIZE_H
#define TOOLSTACK_LIB_MEMORY_SIZE_H

#include <stdint.h>

/*
 * "128" and "128m" are MiB; b, k, g and t, in either case, are the other units. Bytes are rounded
 * up to KiB. -EINVAL when it is no such text, -ERANGE beyond 16 TiB.
 */
int memory_size_parse_kib(const char *text, uint64_t *kib);

#endif
