// SPDX-License-Identifier: GPL-2.0-only
/*
 * See memory_size.h.
 */
#include "lib/memory_size.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KIB (16ull << 30)

int memory_size_parse_kib(const char *text, uint64_t *kib)
{
	static const char units[] = "kmgt";
	unsigned long long value;
	const char *unit;
	char *end;
	char letter;

	if (text[0] < '0' || text[0] > '9') {
		return -EINVAL;
	}
	errno = 0;
	value = strtoull(text, &end, 10);
	letter = *end == '\0' ? 'm' : (char)(*end | 0x20);
	if (*end != '\0' && end[1] != '\0') {
		return -EINVAL;
	}
	if (letter == 'b') {
		value = value / 1024 + (value % 1024 != 0);
		unit = units;
	} else {
		unit = strchr(units, letter);
	}
	if (unit == NULL) {
		return -EINVAL;
	}
	if (errno != 0 || value > MAX_KIB >> (10 * (unit - units))) {
		return -ERANGE;
	}
	*kib = value << (10 * (unit - units));
	return 0;
}
