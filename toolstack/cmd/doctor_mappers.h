/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes of dom0 have memory of guests mapped, as /proc tells. */
#ifndef TOOLSTACK_CMD_DOCTOR_MAPPERS_H
#define TOOLSTACK_CMD_DOCTOR_MAPPERS_H

#include <stddef.h>

/* Their names and numbers, "xenstored (112), lam-blkd (118)"; what does not fit is left out. Empty: none, or not known. */
void doctor_find_mappers(char *text, size_t bytes);

#endif
