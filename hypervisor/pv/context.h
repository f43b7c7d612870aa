/* SPDX-License-Identifier: GPL-2.0-only */
/* Control and debug registers of a vCPU; within the PV floor and its adapters. */
#ifndef LAMINA_PV_CONTEXT_H
#define LAMINA_PV_CONTEXT_H

#include "core/vcpu.h"
#include "lib/types.h"

/* The guest writes CR4: keeps what it may own, for @v and, if it is the current vCPU, in the processor. */
void pv_set_cr4(struct vcpu *v, u64 value);
/* Debug registers 0-3, 6, 7; likewise. -EINVAL for an address of ours or a reserved setting. */
int pv_set_debugreg(struct vcpu *v, unsigned int reg, u64 value) __must_check;
/* CR0.TS of the current vCPU. */
void pv_set_ts(struct vcpu *v, bool on);
/* GS or FS base @which of the current vCPU: SEGBASE_*. -EINVAL if @base is not canonical. */
int pv_set_segment_base(struct vcpu *v, unsigned int which, u64 base) __must_check;

#endif
