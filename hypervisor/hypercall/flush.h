/* SPDX-License-Identifier: GPL-2.0-only */
/* TLB flushes that guests ask for, shared by update_va_mapping and mmuext_op. */
#ifndef LAMINA_HYPERCALL_FLUSH_H
#define LAMINA_HYPERCALL_FLUSH_H

#include "lib/types.h"

struct vcpu;

/* Flushes as @flags (UVMF_*) of update_va_mapping(@va) say. -EFAULT for a bad vCPU bitmap, -EINVAL. */
int flush_after_update(struct vcpu *v, u64 va, u64 flags);

/* The whole TLB, or the page of *@va, on processors where vCPUs of the guest's bitmap at @bitmap run. -EFAULT. */
int flush_vcpus(struct vcpu *v, gva_t bitmap, const u64 *va);
/* The same wherever the domain has run. */
void flush_domain(struct vcpu *v, const u64 *va);

#endif
