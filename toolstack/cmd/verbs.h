/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations of all verbs, for the table alone.
 */
#ifndef TOOLSTACK_CMD_VERBS_H
#define TOOLSTACK_CMD_VERBS_H

struct verb;

extern const struct verb verb_block_attach;
extern const struct verb verb_block_detach;
extern const struct verb verb_block_list;
extern const struct verb verb_console;
extern const struct verb verb_create;
extern const struct verb verb_destroy;
extern const struct verb verb_dmesg;
extern const struct verb verb_domid;
extern const struct verb verb_domname;
extern const struct verb verb_help;
extern const struct verb verb_info;
extern const struct verb verb_list;
extern const struct verb verb_pause;
extern const struct verb verb_reboot;
extern const struct verb verb_shutdown;
extern const struct verb verb_unpause;
extern const struct verb verb_version;
extern const struct verb verb_why;

#endif
