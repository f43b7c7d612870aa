/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual processors. The struct holds the state of a vCPU that is not running, and what the hypervisor keeps for it while it
 * runs; while it runs its general registers are in its processor's pcpu.guest_regs.
 *
 * The PV part (struct vcpu_pv) is data only; floor pv/ owns its meaning. Fields are written by the vCPU's own processor, or by
 * others while the vCPU is down or its domain paused.
 */
#ifndef LAMINA_CORE_VCPU_H
#define LAMINA_CORE_VCPU_H

#include "core/domain.h"
#include "core/timer.h"
#include "lib/types.h"
#include "public/vcpu.h"
#include "x86/layout.h"
#include "x86/page.h"

struct page_info;

/* A trap-table entry as we keep it: handler address, selector and flags. addr 0: none. */
struct pv_trap { u64 addr; u16 cs; u8 dpl; bool masks_events; };
struct pv_callback { u64 addr; bool masks_events; };

struct vcpu_pv {
	bool kernel_mode;            /* guest kernel (true) or guest user: decides what SYSCALL means */
	bool cr0_ts;
	u8 iopl;                     /* virtual IOPL, 0..3 */
	bool nmi_pending;
	bool nmi_masked;             /* an NMI handler runs: the next iret ends it */
	bool iopl_by_iret;           /* VMASST_TYPE_architectural_iopl; beside nmi_masked: entry_fast.S looks at both at once */
	u64 cr2;
	u64 cr4;                     /* guest-visible bits it has set */
	mfn_t kernel_l4;             /* holds a type reference; MFN_INVALID: none yet */
	mfn_t user_l4;               /* likewise; 0/INVALID: none */
	struct page_info *undo_page; /* a table that an interrupted update let go, with a general reference; pv/pt_update.c */
	u16 kernel_ss;
	u64 kernel_sp;
	u64 syscall_frame;           /* where entry.S may put the frame of a system call by itself; 0: ask pv/bounce.c */
	u64 gs_base_kernel, gs_base_user, fs_base;  /* of a vCPU that is not running; FS and GS bases live in MSRs while it runs */
	struct pv_callback event_cb, failsafe_cb, syscall_cb, syscall32_cb, sysenter_cb;
	struct pv_trap *traps;       /* 256 entries, one page */
	mfn_t gdt_frames[GDT_GUEST_FRAMES];  /* each with a seg_desc type reference */
	u32 gdt_entries;
	u64 ldt_base;
	u32 ldt_entries;
	mfn_t *ldt_frames;           /* NULL, or 16: what the LDT window shows, each with a seg_desc type reference */
	u64 debugreg[8];
	u32 tsc_aux;
	void *xsave;                 /* XSAVE (or FXSAVE) image, 64-byte aligned */
	u64 xcr0;
};

/* Runstates as the ABI numbers them. */
enum vcpu_runstate { RUNSTATE_RUNNING_, RUNSTATE_RUNNABLE_, RUNSTATE_BLOCKED_, RUNSTATE_OFFLINE_ };

struct vcpu {
	struct domain *domain;
	u32 id;
	struct cpu_user_regs regs;   /* while not running */
	struct vcpu_sched sched;     /* core/sched.h */

	bool torn_down;              /* vcpu_tear_down() is done: only memory is left */
	struct vcpu_info *info;      /* hypervisor address (direct map) of the registered or embedded structure; never NULL */
	struct vcpu_info *own_info;  /* what `info` is before registration for ids >= XEN_LEGACY_MAX_VCPUS, else NULL */
	mfn_t info_mfn;              /* frame with a writable type reference, MFN_INVALID while embedded */
	struct vcpu_evtchn ev;

	/* Time (core/vcpu_time.c) */
	struct timer singleshot;     /* VCPUOP_set_singleshot_timer, set_timer_op: raises VIRQ_TIMER */
	struct timer poll;           /* SCHEDOP_poll timeout */
	u64 runstate_entry_ns;
	u64 runstate_ns[4];
	enum vcpu_runstate runstate;
	u64 runstate_gva;            /* guest address to mirror to, 0 none */
	u64 time_gva;                /* secondary time area, 0 none */
	bool areas_stale;            /* a mirror could not be written (user tables loaded); retried on return to kernel mode */
	u32 time_version;

	struct vcpu_pv pv;
};

/* Allocates vCPU @id of @d, down. @d is not in the table yet: nobody else knows it. */
int vcpu_create(struct domain *d, u32 id, struct vcpu **ret) __must_check;
/* Stops its timers and drops every reference it holds; it never runs again. Once: repeating it does nothing. */
void vcpu_tear_down(struct vcpu *v);
/* Tears down if need be, then frees the memory. */
void vcpu_free(struct vcpu *v);
/*
 * VCPUOP_register_vcpu_info: moves `info` to @offset of frame @mfn of the domain, contents included; marks everything pending so
 * that no event is lost. Once per vCPU. -ENXIO for a bad offset, -EINVAL. @v is the caller or down; domain.lock held.
 */
int vcpu_register_info(struct vcpu *v, mfn_t mfn, u32 offset) __must_check;
/* Makes an NMI pending; the guest takes it when it has a callback for it. */
void vcpu_send_nmi(struct vcpu *v);
/* It has been given a context: it may be brought up. */
static inline bool vcpu_is_initialised(const struct vcpu *v) { return !mfn_eq(v->pv.kernel_l4, MFN_INVALID); }

/* True if an event upcall is due: pending and not masked. */
static inline bool vcpu_events_deliverable(const struct vcpu *v)
{
	const struct vcpu_info *info = READ_ONCE(v->info);

	return READ_ONCE(info->evtchn_upcall_pending) && !READ_ONCE(info->evtchn_upcall_mask);
}

static inline struct vcpu *domain_vcpu(struct domain *d, u32 id)
{
	return id < d->vcpu_count ? d->vcpus[index_nospec(id, d->vcpu_count)] : NULL;
}

/*
 * What floor pv/ must do around a vCPU, declared here and defined there (pv/context.c).
 * save: copies @regs and the processor's FS/GS bases, debug, FPU state into @v. load: the reverse, with page tables, GDT and
 * LDT windows. Interrupts off.
 */
struct vcpu_ops {
	int (*init)(struct vcpu *v);                /* allocate pv state; 0 or -ENOMEM */
	void (*destroy)(struct vcpu *v);            /* drop references and memory */
	void (*save)(struct vcpu *v);
	void (*load)(struct vcpu *v);
	void (*leave)(void);                        /* no vCPU follows: load the idle page tables */
	/* Before a return to the guest: changes the frame to deliver the event upcall or NMI if one is due. */
	void (*deliver)(struct vcpu *v);
};
extern const struct vcpu_ops vcpu_ops;

#endif
