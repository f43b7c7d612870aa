/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first domain, built from the boot modules: module 0 an ELF kernel with its command line, module 1 an optional initial ramdisk.
 */
#ifndef LAMINA_DOM0_DOM0_H
#define LAMINA_DOM0_DOM0_H

#include "lib/boot_info.h"

/* Builds domain 0 and makes it runnable; panics with what to change when that cannot be. Boot processor, all processors up. */
void dom0_build(const struct boot_info *bi);

#endif
