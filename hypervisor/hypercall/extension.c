// SPDX-License-Identifier: GPL-2.0-only
/*
 * lamina(operation, argument): what kernels that know this hypervisor can ask for beyond the ABI (public/extension.h).
 */
#include "hypercall/hypercall.h"

#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "pv/pt.h"
#include "pv/pt_tree.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/tlb.h"

#define NO_NEW_ROOT (~0ULL)

/* Fields that an operation changes: from here to the end. */
#define TREE_RESULTS offsetof(struct lamina_tree, count)

static int tree(struct domain *d, gva_t arg, int (*act)(struct domain *d, struct lamina_tree *t))
{
	struct lamina_tree t;
	int err;

	if (guest_copy_in(&t, arg, sizeof(t))) {
		return -EFAULT;
	}
	err = act(d, &t);
	if (act == pt_tree_unpin && t.phase == LAMINA_TREE_DONE) {
		/* The direct map's entries gained rights: without this each table's next use costs a fault. */
		tlb_flush_local();
	}
	if (guest_copy_out(GVA(arg.v + TREE_RESULTS), &t.count, sizeof(t) - TREE_RESULTS)) {
		return -EFAULT;
	}
	return err;
}

static int switch_process(struct vcpu *v, gva_t arg)
{
	struct lamina_switch s;
	u64 gs;
	int err;

	if (guest_copy_in(&s, arg, sizeof(s))) {
		return -EFAULT;
	}
	if (!va_is_canonical(s.user_gs)) {
		return refuse(v->domain, -EINVAL, "extension (switch)", "the base of GS is not canonical", s.user_gs, 0);
	}
	if (s.root != NO_NEW_ROOT) {
		err = pt_set_kernel_l4(v, MFN(s.root));
		err = err ? err : pt_set_user_l4(v, MFN(s.user_root));
		if (err) {
			return err;
		}
	}
	v->pv.kernel_sp = s.stack;
	pv_update_syscall_frame(v);
	gs = rdmsr(MSR_KERNEL_GS_BASE);
	if (gs != s.user_gs) {
		wrmsr(MSR_KERNEL_GS_BASE, s.user_gs);
	}
	return guest_copy_out(GVA(arg.v + offsetof(struct lamina_switch, user_gs)), &gs, sizeof(gs)) ? -EFAULT : 0;
}

HYPERCALL(lamina)
{
	struct vcpu *v = current_vcpu();
	int err = pt_finish_pending(v);

	(void)a3, (void)a4, (void)a5, (void)a6;
	if (unlikely(err)) {
		return err;
	}
	switch (a1) {
	case LAMINA_pin_tree:
		return tree(v->domain, GVA(a2), pt_tree_pin);
	case LAMINA_unpin_tree:
		return tree(v->domain, GVA(a2), pt_tree_unpin);
	case LAMINA_switch:
		return switch_process(v, GVA(a2));
	default:
		return refuse(v->domain, -ENOSYS, "extension", "unknown operation", a1, 0);
	}
}
