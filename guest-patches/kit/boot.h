/* SPDX-License-Identifier: MIT */
/*
 * boot: what the kit knows about its start, and the order in which it brings itself up.
 *
 * kit_start runs once, from start.S, with events masked: traps, then the shared page, console and
 * event callback, then main(). When main returns, the guest powers off.
 */
#ifndef KIT_BOOT_H
#define KIT_BOOT_H

#include <stdbool.h>
#include <public/shared_info.h>
#include <public/start_info.h>

extern struct start_info *kit_start_info;
extern char *kit_free_start;
extern struct shared_info *const kit_shared_info;

/* The kernel proper: provided by the program that links the kit. */
void kit_main(void);

/* Never returns. reason: SHUTDOWN_* of public/sched.h. */
__attribute__((noreturn)) void kit_shutdown(unsigned int reason);

/* Whether this is the first domain, built by the hypervisor. */
bool kit_is_dom0(void);

/* Whether the command line has this word; the value after "word=" or NULL. */
bool kit_option(const char *word);
bool kit_option_value(const char *word, char *value, unsigned int bytes);

#endif
