/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's command line.
 *
 *   console=com1|none     where the log goes (com1)
 *   dom0_mem=SIZE         memory of dom0, such as 512M (default: half of what is free, at most 2 GiB)
 *   dom0_max_vcpus=N      vCPUs of dom0 (default: one per processor)
 *   loglvl=LEVEL          error, warning, info, debug, all (info)
 *   guest_loglvl=LEVEL    of what guests cause, that much at most: the same and none (all)
 *   noreboot[=yes|no]     stay halted after a panic
 *
 * The last three can be changed while domains run (lam set-parameters).
 */
#ifndef LAMINA_X86_BOOT_PARAMS_H
#define LAMINA_X86_BOOT_PARAMS_H

#include "lib/types.h"

struct boot_params {
	bool console_com1;
	bool noreboot;
	u64 dom0_mem_bytes;  /* 0: not given */
	u32 dom0_max_vcpus;  /* 0: not given */
	int log_level;       /* enum log_level */
	int guest_log_level;
};
extern struct boot_params boot_params;

/* Whether @cmdline keeps the log off COM1, known before anything can be printed. */
bool boot_params_wants_com1(const char *cmdline);
/* Fills boot_params; warns about what it does not know or cannot accept. */
void boot_params_parse(const char *cmdline);
/*
 * Sets what @words say, all or nothing. -ENOENT -EINVAL -EOPNOTSUPP -ENODATA: @why is the reason in words.
 */
int boot_params_change(const char *words, char *why, size_t size) __must_check;

#endif
