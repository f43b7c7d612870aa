/* SPDX-License-Identifier: MIT */
/*
 * console: text out, by the hypervisor's console for the first domain, by the ring for others.
 *
 * A domU whose console daemon does not read loses text once the ring is full: a guest of the kit
 * never waits for somebody else's daemon.
 */
#ifndef KIT_CONSOLE_H
#define KIT_CONSOLE_H

#include <stddef.h>

void console_init(void);
void console_write(const char *text, size_t bytes);

/* Gives the daemon a bounded chance to fetch what is in the ring. */
void console_flush(void);

#endif
