/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Refusals in words: what the hypervisor and the store keep of requests that they refused, as people read it.
 */
#ifndef TOOLSTACK_LIB_WHY_H
#define TOOLSTACK_LIB_WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "public/control.h"

#define WHY_TEXT_BYTES 200u

/* The decisive arguments by name: "level 4, frame 0x1a2b". */
void why_arguments(const struct control_refusal *refusal, char text[WHY_TEXT_BYTES]);
/* What the frame was then: whose, used as what, by how many. Empty when the refusal is not about a frame. */
void why_frame(const struct control_refusal *refusal, char text[WHY_TEXT_BYTES]);
/* What @domid's kernel could do about it; NULL when that is not known. */
const char *why_hint(const struct control_refusal *refusal, uint16_t domid);

/* One refusal of the store. */
struct why_store {
	uint64_t age_ms;
	uint32_t times;
	char operation[32];
	char error[16];
	char path[128];
	char rule[128];
};

/* Reads the line at *@text of the answer to "refusals", which moves on to the next. False at the end, and at a line of another kind. */
bool why_parse_store(const char **text, struct why_store *store);

#endif
