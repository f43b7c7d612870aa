// SPDX-License-Identifier: GPL-2.0-only
/*
 * Optimal string alignment distance with three rows. Words longer than SUGGEST_MAX_LENGTH are
 * never near to anything.
 */
#include "lib/suggest.h"

#include <stdint.h>
#include <string.h>

static unsigned int suggest_min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int suggest_distance(const char *a, const char *b)
{
	unsigned int rows[3][SUGGEST_MAX_LENGTH + 1];
	size_t la = strlen(a);
	size_t lb = strlen(b);
	size_t i, j;

	if (la > SUGGEST_MAX_LENGTH || lb > SUGGEST_MAX_LENGTH) {
		return UINT32_MAX;
	}
	for (j = 0; j <= lb; j++) {
		rows[0][j] = (unsigned int)j;
	}
	for (i = 1; i <= la; i++) {
		unsigned int *row = rows[i % 3];
		const unsigned int *above = rows[(i - 1) % 3];
		const unsigned int *twice = rows[(i + 1) % 3];

		row[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			unsigned int change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = suggest_min(change, suggest_min(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				row[j] = suggest_min(row[j], twice[j - 2] + 1);
			}
		}
	}
	return rows[la % 3][lb];
}

void suggest_start(struct suggest *suggest, const char *word)
{
	suggest->word = word;
	suggest->best = NULL;
	suggest->distance = UINT32_MAX;
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
	unsigned int distance = suggest_distance(suggest->word, candidate);

	if (distance < suggest->distance) {
		suggest->distance = distance;
		suggest->best = candidate;
	}
}

const char *suggest_result(const struct suggest *suggest)
{
	size_t length = strlen(suggest->word);

	if (suggest->best == NULL || suggest->distance > (length < 5 ? 1 : (length + 1) / 3)) {
		return NULL;
	}
	return suggest->best;
}
