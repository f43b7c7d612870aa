/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "Did you mean ...?": the word of a list that is nearest to a misspelt one.
 *
 * Distance counts inserted, lost, changed and swapped letters. A word counts as near when at most
 * a third of its letters differ, so that no absurd proposal is made.
 */
#ifndef TOOLSTACK_LIB_SUGGEST_H
#define TOOLSTACK_LIB_SUGGEST_H

#include <stddef.h>

#define SUGGEST_MAX_LENGTH 31u

struct suggest {
	const char *word;
	const char *best;
	unsigned int distance;
};

void suggest_start(struct suggest *suggest, const char *word);
void suggest_offer(struct suggest *suggest, const char *candidate);
/* The nearest candidate, or NULL when none is near. */
const char *suggest_result(const struct suggest *suggest);

unsigned int suggest_distance(const char *a, const char *b);

#endif
