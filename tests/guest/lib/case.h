/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * case: what a conformance case looks like.
 *
 * Each folder of tests/guest holds one claim about the guest ABI: a case.c whose head comment says
 * what is claimed and where it is written, and one CASE() line. The case's name is the folder's. All
 * cases are linked into one kernel, which runs them in one boot; a case that may take the domain
 * down, or that changes something for good, says CASE_ALONE and gets a boot of its own.
 *
 * A case passes when it returns without a failed EXPECT. REQUIRE is for what the case needs but does
 * not claim: when it fails the verdict is error, and the case returns at once. SKIP is for what
 * this machine does not offer. A case leaves the domain as it found it.
 */
#ifndef TEST_CASE_H
#define TEST_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include "printf.h"

#define CASE_ALONE	1	/* needs a boot of its own */
#define CASE_CRASHES	2	/* the domain must end inside expect_crash(); implies alone */
#define CASE_TWO_VCPUS	4	/* needs a second vCPU; implies alone */

struct test_case {
	const char *file;
	void (*run)(void);
	unsigned int flags;
};

#define CASE(function, case_flags) \
	static const struct test_case case_entry \
	__attribute__((used, section(".kit_cases"), aligned(8))) = { \
		.file = __FILE__, .run = function, .flags = case_flags }

/* Records a failure: file line, then the text. The case goes on. */
__attribute__((format(printf, 2, 3)))
void case_fail(int line, const char *format, ...);
__attribute__((format(printf, 2, 3)))
void case_error(int line, const char *format, ...);
__attribute__((format(printf, 1, 2)))
void case_skip(const char *format, ...);

/* From here on the domain's crash is what the case claims; returning is a failure. */
void expect_crash(void);

#define EXPECT(condition) \
	do { \
		if (!(condition)) { \
			case_fail(__LINE__, "%s", #condition); \
		} \
	} while (0)

/* The value's text and what it was are printed; both sides are evaluated once. */
#define EXPECT_EQ(value, wanted) \
	do { \
		long value_ = (long)(value), wanted_ = (long)(wanted); \
		if (value_ != wanted_) { \
			case_fail(__LINE__, "%s is %ld (0x%lx), not %s", #value, value_, \
				  (unsigned long)value_, #wanted); \
		} \
	} while (0)

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			case_error(__LINE__, "%s", #condition); \
			return; \
		} \
	} while (0)

#define SKIP(...) \
	do { \
		case_skip(__VA_ARGS__); \
		return; \
	} while (0)

#endif
