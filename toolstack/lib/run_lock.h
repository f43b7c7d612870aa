/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "Is that daemon running?", answered at once and never wrongly: each daemon holds a lock on its
 * file /run/lamina/NAME.lock for as long as it lives; the kernel drops the lock however it ends.
 */
#ifndef TOOLSTACK_LIB_RUN_LOCK_H
#define TOOLSTACK_LIB_RUN_LOCK_H

#include <stdbool.h>

struct error;

/* Takes the lock of @daemon for the rest of this process. -EBUSY: another one runs. */
int run_lock_take(const char *daemon, struct error *error);
bool run_lock_is_held(const char *daemon);

/* Makes /run/lamina and the folders below it. */
int run_dir_create(struct error *error);

#endif
