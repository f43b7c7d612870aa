/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the parts of the hypervisor image lie (lamina.lds).
 */
#ifndef LAMINA_X86_IMAGE_H
#define LAMINA_X86_IMAGE_H

#include "lib/types.h"
#include "x86/layout.h"

#define IMAGE_MADDR 0x200000ULL

extern char text_start[], text_end[], entry_start[], entry_end[];
extern char rodata_start[], rodata_end[], data_start[], image_end[];

/* Machine address of an object in the image. */
static inline u64 image_maddr(const void *p) { return (u64)p - IMAGE_VA + IMAGE_MADDR; }

#endif
