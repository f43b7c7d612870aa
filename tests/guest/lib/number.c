/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * number: see number.h. Digits up to the first other character count; none of them means 0.
 */
#include "number.h"

#include "boot.h"

uint64_t number_option(const char *word, uint64_t otherwise)
{
	char text[24];
	uint64_t n = 0;
	const char *c;

	if (!kit_option_value(word, text, sizeof(text))) {
		return otherwise;
	}
	for (c = text; *c >= '0' && *c <= '9'; c++) {
		n = n * 10 + (uint64_t)(*c - '0');
	}
	return n;
}
