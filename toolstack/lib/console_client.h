/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients of the console daemon's socket: one line of request, then for a reader plain bytes.
 */
#ifndef TOOLSTACK_LIB_CONSOLE_CLIENT_H
#define TOOLSTACK_LIB_CONSOLE_CLIENT_H

#include <stdint.h>

struct error;

/* A connected socket, or -errno: the daemon is not running. */
int console_client_connect(struct error *error);
/* Connects and attaches to a domain's console; @name for errors. Returns the socket. */
int console_client_attach(uint16_t domid, const char *name, struct error *error);
/* Tells the daemon, when there is one, that a domain was destroyed. */
void console_client_tell_gone(uint16_t domid);

#endif
