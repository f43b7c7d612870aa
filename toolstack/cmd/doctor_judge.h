/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lam doctor's judgements: facts in, a finding out. They ask nobody, so that tests can make the facts up.
 *
 * Each returns whether there is something to say, and then writes it: one sentence, a newline, what to do about it.
 */
#ifndef TOOLSTACK_CMD_DOCTOR_JUDGE_H
#define TOOLSTACK_CMD_DOCTOR_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/control.h"

#define JUDGE_TEXT_BYTES 512u
#define JUDGE_MAX_HOLDERS 8u
/* What this many percent of a limit is used of is told. */
#define JUDGE_FULL_PERCENT 90u

struct judge_holder {
	uint16_t domid;
	uint32_t grants;
	char name[80];
};

/* A domain that is being torn down and does not end. */
struct judge_zombie {
	const struct control_info *info;
	const char *name;
	struct judge_holder holders[JUDGE_MAX_HOLDERS];
	uint32_t holder_count;
	const char *dom0_processes;	/* that map guests' memory; "" when it is not known */
};

bool judge_zombie(const struct judge_zombie *zombie, char text[JUDGE_TEXT_BYTES]);
bool judge_grant_frames(const struct control_info *info, const char *name, char text[JUDGE_TEXT_BYTES]);
/* MiB that are free; UINT64_MAX: not known. */
bool judge_machine_memory(uint64_t free_mib, char text[JUDGE_TEXT_BYTES]);
bool judge_dom0_memory(uint64_t free_mib, char text[JUDGE_TEXT_BYTES]);
/* One line of the store's answer to "usage": "<domid> <limit's name> <used> <limit>". */
bool judge_store_usage(const char *line, char text[JUDGE_TEXT_BYTES]);

#endif
