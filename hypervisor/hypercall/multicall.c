// SPDX-License-Identifier: GPL-2.0-only
/*
 * multicall: several hypercalls for one entry into the hypervisor.
 *
 * Each entry is copied in when its turn comes, dispatched straight from the table, and its result written back; a refused entry
 * does not stop the rest. What cannot make sense inside (multicall itself, iret) is refused with -EINVAL per entry.
 *
 * Between entries the call stops if work is waiting for this processor: that bounds its length, and makes an entry that blocks
 * or ends the domain take effect before the next one. It is then re-issued for the rest, as it is when an entry asks to be
 * restarted itself: the entry's new arguments go into guest memory, where the guest may forge them like any others.
 */
#include "hypercall/hypercall.h"

#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "public/hypercall.h"
#include "x86/pcpu.h"

/* Applies what entry @at asked for to its image in guest memory. */
static int store_restart(gva_t at, struct multicall_entry *e)
{
	struct hypercall_restart *r = hypercall_restart();
	u32 i;

	for (i = 0; i < HYPERCALL_ARGS; i++) {
		if (r->changed & (1u << i)) {
			e->args[i] = r->arg[i];
		}
	}
	r->changed = 0;
	return guest_copy_out(GVA(at.v + offsetof(struct multicall_entry, args)), e->args, sizeof(e->args));
}

static inline s64 dispatch(const struct multicall_entry *e)
{
	hypercall_fn fn = hypercall_find(e->op);

	if (unlikely(!fn)) {
		return e->op == __HYPERVISOR_iret ? -EINVAL : -ENOSYS;
	}
	if (unlikely(fn == hypercall_multicall)) {
		return -EINVAL;
	}
	return fn(e->args[0], e->args[1], e->args[2], e->args[3], e->args[4], e->args[5]);
}

static s64 stop_here(gva_t at, u64 left)
{
	hypercall_restart_arg(1, at.v);
	hypercall_restart_arg(2, left);
	return -ERESTART;
}

HYPERCALL(multicall)
{
	gva_t at = GVA(a1);
	u64 left = (u32)a2;
	struct pcpu *p = this_pcpu();
	struct multicall_entry e;

	(void)a3, (void)a4, (void)a5, (void)a6;
	for (; left; left--, at.v += sizeof(e)) {
		if (unlikely(guest_load(&e, at))) {
			return -EFAULT;
		}
		e.result = (u64)dispatch(&e);
		if (unlikely((s64)e.result == -ERESTART)) {
			if (store_restart(at, &e)) {
				return -EFAULT;
			}
			return stop_here(at, left);
		}
		if (unlikely(guest_store(GVA(at.v + offsetof(struct multicall_entry, result)), &e.result))) {
			return -EFAULT;
		}
		if (unlikely(READ_ONCE(p->work)) && left > 1) {
			return stop_here(GVA(at.v + sizeof(e)), left - 1);
		}
	}
	return 0;
}
