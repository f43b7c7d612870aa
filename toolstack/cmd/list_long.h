/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of `list` for programs: the long form with the configuration (JSON or s-expressions), and
 * the columns of the table as JSON.
 *
 * The configuration is the file that create left for the supervisor; when it is gone (dom0 has
 * none) the row shows what the hypervisor knows.
 */
#ifndef TOOLSTACK_CMD_LIST_LONG_H
#define TOOLSTACK_CMD_LIST_LONG_H

#include "cmd/verb.h"

struct json;

void list_long_json(struct json *json, const struct control_info *info, const char *name);
void list_long_sxp(const struct control_info *info, const char *name);
void list_row_json(struct json *json, const struct control_info *info, const char *name);

#endif
