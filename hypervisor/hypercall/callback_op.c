// SPDX-License-Identifier: GPL-2.0-only
/*
 * callback_op(cmd, arg): where the calling vCPU's kernel is entered for events, system calls and unusable return frames.
 * nmi_op(cmd, arg) does the same for the NMI of the caller, in the older form.
 */
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "mm/guest_copy.h"
#include "public/callback.h"
#include "pv/bounce.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"

#define VECTOR_NMI 2

static void set_nmi_handler(struct vcpu *v, u64 address)
{
	v->pv.traps[VECTOR_NMI] = (struct pv_trap){ .addr = address, .masks_events = true };
	/* One that came before there was a handler has waited for it. */
	if (address && READ_ONCE(v->pv.nmi_pending)) {
		pcpu_raise_work(this_pcpu(), WORK_DELIVER);
	}
}

/* The slot of callback @type; NULL if there is none on this processor. */
static struct pv_callback *slot_of(struct vcpu *v, u16 type)
{
	switch (type) {
	case CALLBACKTYPE_event:
		return &v->pv.event_cb;
	case CALLBACKTYPE_failsafe:
		return &v->pv.failsafe_cb;
	case CALLBACKTYPE_syscall:
		return &v->pv.syscall_cb;
	case CALLBACKTYPE_syscall32:
		return &v->pv.syscall32_cb;
	case CALLBACKTYPE_sysenter:
		return cpu_features.intel ? &v->pv.sysenter_cb : NULL;
	default:
		return NULL;
	}
}

static s64 set_callback(struct vcpu *v, u16 type, u16 flags, u64 address)
{
	struct pv_callback *cb = slot_of(v, type);

	if (!pv_handler_address_ok(address)) {
		return refuse(v->domain, -EINVAL, "callback_op", "address is not the guest's", type, address);
	}
	if (type == CALLBACKTYPE_nmi) {
		set_nmi_handler(v, address);
		return 0;
	}
	if (!cb) {
		return refuse(v->domain, -ENOSYS, "callback_op", "unknown type of callback", type, address);
	}
	cb->addr = address;
	cb->masks_events = type == CALLBACKTYPE_event || (flags & CALLBACKF_mask_events);
	pv_update_syscall_frame(v);
	return 0;
}

HYPERCALL(callback_op)
{
	struct vcpu *v = current_vcpu();
	struct callback_register reg;
	struct callback_unregister unreg;

	(void)a3; (void)a4; (void)a5; (void)a6;
	switch (a1) {
	case CALLBACKOP_register:
		if (guest_copy_in(&reg, GVA(a2), sizeof(reg))) {
			return -EFAULT;
		}
		return set_callback(v, reg.type, reg.flags, reg.address);
	case CALLBACKOP_unregister:
		if (guest_copy_in(&unreg, GVA(a2), sizeof(unreg))) {
			return -EFAULT;
		}
		/* Events and system calls cannot do without one. */
		if (unreg.type != CALLBACKTYPE_nmi && unreg.type != CALLBACKTYPE_syscall32 && unreg.type != CALLBACKTYPE_sysenter) {
			return refuse(v->domain, -EINVAL, "callback_op", "this callback cannot be removed", unreg.type, 0);
		}
		return set_callback(v, unreg.type, 0, 0);
	default:
		return -ENOSYS;
	}
}

HYPERCALL(nmi_op)
{
	struct vcpu *v = current_vcpu();
	struct xennmi_callback cb;

	(void)a3; (void)a4; (void)a5; (void)a6;
	switch (a1) {
	case XENNMI_register_callback:
		/* Only the vCPU that gets the machine's NMIs ever needed this call. */
		if (v->id != 0) {
			return -EINVAL;
		}
		if (guest_copy_in(&cb, GVA(a2), sizeof(cb))) {
			return -EFAULT;
		}
		return set_callback(v, CALLBACKTYPE_nmi, 0, cb.handler_address);
	case XENNMI_unregister_callback:
		set_nmi_handler(v, 0);
		return 0;
	default:
		return -ENOSYS;
	}
}
