/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Floating point, vector and other extended register state, switched eagerly with the vCPU: no state of one guest is ever in
 * the registers while another runs.
 *
 * The image is what XSAVE writes in standard format for all of cpu_features.xcr0, or FXSAVE's 512 bytes without it. XCR0 holds
 * cpu_features.xcr0 while no vCPU is loaded, so that saving and restoring always covers everything; the guest's own XCR0 is set
 * last on load.
 */
#ifndef LAMINA_X86_FPU_H
#define LAMINA_X86_FPU_H

#include "lib/types.h"

/* Bytes of an image: at least 576 and a multiple of 64. */
u32 fpu_image_bytes(void);
/* Makes @image the state a processor starts with (FCW 0x37f, MXCSR 0x1f80, all else clear). */
void fpu_image_init(void *image);
/* Replaces the legacy part by 512 bytes in FXSAVE format from a guest or file, made harmless; the rest starts clear. */
void fpu_image_set_legacy(void *image, const void *fxsave);

/* Turns on the state components on this processor. CR4 is set up already. */
void fpu_init_cpu(void);
/* Registers to @image, whose vCPU runs with @xcr0. Leaves XCR0 complete and CR0.TS clear. Interrupts off. */
void fpu_save(void *image, u64 xcr0);
/* @image to registers, then XCR0 := @xcr0. An image that the processor refuses is reset first. Interrupts off. */
void fpu_load(void *image, u64 xcr0);
/* Changes XCR0 of the running vCPU; @xcr0 has been checked with fpu_xcr0_ok(). */
void fpu_set_xcr0(u64 xcr0);
/* The processor would accept @xcr0 and we switch all of it. */
bool fpu_xcr0_ok(u64 xcr0);

#endif
