/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs of back ends (drivers/) have in common: the command line, one running instance,
 * devices and loop opened, and a socket on which nothing is ever said: who holds a connection
 * learns of the program's end. That is how the supervisor starts it again.
 */
#ifndef TOOLSTACK_DAEMON_BACK_MAIN_H
#define TOOLSTACK_DAEMON_BACK_MAIN_H

struct back_daemon;
struct error;

struct back_program {
	const char *name;
	const char *socket;
	struct back_daemon *daemon;	/* kinds and flush are set */
	/* What the program needs besides; the loop is there. 0 or -errno. */
	int (*open)(struct error *error);
};

/* Runs until SIGTERM or SIGINT; the exit status. */
int back_main(const struct back_program *program, int argc, char **argv);

#endif
