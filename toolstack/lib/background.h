/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Daemons in the background: the command that starts one returns when it is ready to serve, with
 * status 0, or when its start has failed, with status 1.
 */
#ifndef TOOLSTACK_LIB_BACKGROUND_H
#define TOOLSTACK_LIB_BACKGROUND_H

#include <stdbool.h>

/*
 * Forks; the parent waits for background_ready() or the child's end and exits. With @foreground
 * nothing happens. Returns a descriptor for background_ready(), -1 in the foreground, or ends the
 * process when it cannot fork.
 */
int background_enter(bool foreground, const char *program);
/* Lets the parent go; detaches from its terminal. */
void background_ready(int fd);

/*
 * The arguments that all daemons have: -F or --foreground, --help. Returns -1 to go on, else the
 * exit status.
 */
int background_arguments(int argc, char **argv, const char *program, bool *foreground);

#endif
