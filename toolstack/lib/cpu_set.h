/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of processors, as people write them: "all", "0-3,6", "all,^0".
 */
#ifndef TOOLSTACK_LIB_CPU_SET_H
#define TOOLSTACK_LIB_CPU_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPU_SET_CPUS 256u
#define CPU_SET_TEXT_BYTES 128u
#define CPU_SETS 128u

struct cpu_set {
	uint64_t bits[CPU_SET_CPUS / 64];
};

/* A set for each of the first virtual processors, those behind them run anywhere; one set is for all of them; none: all run anywhere. */
struct cpu_sets {
	uint32_t count;
	struct cpu_set set[CPU_SETS];
};

/*
 * Numbers and ranges with commas between; "all" stands for every processor, "^" takes one or a
 * range away from what stands before it. -EINVAL when the text is none, or names none.
 */
int cpu_set_parse(const char *text, struct cpu_set *set);

/* "all" when the first @count are all in it; as much as fits. */
void cpu_set_format(const struct cpu_set *set, uint32_t count, char *text, size_t bytes);

/* The set of one virtual processor; NULL: anywhere. */
const struct cpu_set *cpu_sets_of(const struct cpu_sets *sets, uint32_t vcpu);

bool cpu_set_has(const struct cpu_set *set, uint32_t cpu);
/* Whether one of the first @count is in it. */
bool cpu_set_meets(const struct cpu_set *set, uint32_t count);

#endif
