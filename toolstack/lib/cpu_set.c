// SPDX-License-Identifier: GPL-2.0-only
/*
 * See cpu_set.h.
 */
#include "lib/cpu_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cpu_set_has(const struct cpu_set *set, uint32_t cpu)
{
	return cpu < CPU_SET_CPUS && (set->bits[cpu / 64] >> (cpu % 64) & 1) != 0;
}

bool cpu_set_meets(const struct cpu_set *set, uint32_t count)
{
	uint32_t cpu = 0;

	while (cpu < count && !cpu_set_has(set, cpu)) {
		cpu++;
	}
	return cpu < count;
}

static void cpu_set_change(struct cpu_set *set, uint32_t first, uint32_t last, bool is_in)
{
	for (; first <= last; first++) {
		if (is_in) {
			set->bits[first / 64] |= 1ull << (first % 64);
		} else {
			set->bits[first / 64] &= ~(1ull << (first % 64));
		}
	}
}

/* One number below CPU_SET_CPUS at *at, which is moved behind it. */
static bool cpu_set_number(const char **at, uint32_t *number)
{
	char *end;
	unsigned long value;

	if (**at < '0' || **at > '9') {
		return false;
	}
	value = strtoul(*at, &end, 10);
	*at = end;
	*number = (uint32_t)value;
	return value < CPU_SET_CPUS;
}

/* N, N-M or all. */
static bool cpu_set_range(const char **at, uint32_t *first, uint32_t *last)
{
	if (strncmp(*at, "all", 3) == 0) {
		*at += 3;
		*first = 0;
		*last = CPU_SET_CPUS - 1;
		return true;
	}
	if (!cpu_set_number(at, first)) {
		return false;
	}
	*last = *first;
	if (**at == '-') {
		(*at)++;
		return cpu_set_number(at, last) && *last >= *first;
	}
	return true;
}

int cpu_set_parse(const char *text, struct cpu_set *set)
{
	const char *at = text;
	uint32_t first, last;

	memset(set, 0, sizeof(*set));
	do {
		bool is_in;

		at += at != text;
		is_in = *at != '^';
		at += !is_in;
		if (!cpu_set_range(&at, &first, &last)) {
			return -EINVAL;
		}
		cpu_set_change(set, first, last, is_in);
	} while (*at == ',');
	return *at == '\0' && cpu_set_meets(set, CPU_SET_CPUS) ? 0 : -EINVAL;
}

void cpu_set_format(const struct cpu_set *set, uint32_t count, char *text, size_t bytes)
{
	uint32_t first = 0, last;
	size_t length = 0;

	text[0] = '\0';
	while (first < count && length < bytes) {
		if (!cpu_set_has(set, first)) {
			first++;
			continue;
		}
		for (last = first; last + 1 < count && cpu_set_has(set, last + 1); last++) {
		}
		if (first == 0 && last + 1 == count) {
			snprintf(text, bytes, "all");
			return;
		}
		length += (size_t)snprintf(text + length, bytes - length,
					   last == first ? "%s%u" : "%s%u-%u",
					   length == 0 ? "" : ",", first, last);
		first = last + 1;
	}
}

const struct cpu_set *cpu_sets_of(const struct cpu_sets *sets, uint32_t vcpu)
{
	uint32_t place = sets->count == 1 ? 0 : vcpu;

	return place < sets->count ? &sets->set[place] : NULL;
}
