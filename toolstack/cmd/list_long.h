/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of `list -l`; verb_list.c calls start, a row for each domain, and end.
 */
#ifndef TOOLSTACK_CMD_LIST_LONG_H
#define TOOLSTACK_CMD_LIST_LONG_H

#include "cmd/verb.h"

void list_long_start(void);
void list_long_row(const struct control_info *info, const char *name, bool first);
void list_long_end(void);

#endif
