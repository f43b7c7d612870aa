// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PV part of a vCPU's life: set-up, the switch on a processor, the context that a guest or the toolstack gives it.
 *
 * On a switch everything that guest code can change without us is read back: selectors, segment bases (a guest with FSGSBASE
 * changes them behind our back), extended state. General registers move between pcpu->guest_regs and vcpu->regs.
 * Nothing of the last vCPU stays in a register for the next one.
 */
#include "pv/context.h"

#include "core/domain.h"
#include "core/evtchn.h"
#include "lib/errno.h"
#include "mm/page_alloc.h"
#include "public/mmu.h"
#include "pv/bounce.h"
#include "pv/descriptor.h"
#include "pv/emul.h"
#include "pv/mode.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/features.h"
#include "x86/fpu.h"
#include "x86/gdt.h"
#include "x86/own_maps.h"

#define VECTOR_NMI 2
#define DR6_CLEAR 0xffff0ff0ULL
#define DR7_CLEAR 0x400ULL
#define DR7_ENABLES 0xffULL
/* General detect would trap our own accesses; bits 10, 12, 14, 15 and up from 32 are fixed. */
#define DR7_GUEST_BITS 0xffff03ffULL
#define XCR0_RESET 1ULL

/* CR4 bits that follow the guest in the processor, and those it may merely read back. */
#define CR4_FOLLOWS (CR4_TSD | CR4_DE | CR4_FSGSBASE)
#define CR4_ALWAYS_SEEN (CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT)

static u64 cr4_allowed(void)
{
	return CR4_TSD | CR4_DE | (cpu_features.has_fsgsbase ? CR4_FSGSBASE : 0) | (cpu_features.has_xsave ? CR4_OSXSAVE : 0);
}

static void load_cr4(const struct vcpu *v)
{
	u64 cr4 = (cpu_features_cr4() & ~(u64)CR4_FOLLOWS) | (v->pv.cr4 & CR4_FOLLOWS);

	if (read_cr4() != cr4) {
		write_cr4(cr4);
	}
}

void pv_set_cr4(struct vcpu *v, u64 value)
{
	v->pv.cr4 = CR4_ALWAYS_SEEN | (value & cr4_allowed());
	if (v == current_vcpu()) {
		load_cr4(v);
	}
}

void pv_set_ts(struct vcpu *v, bool on)
{
	v->pv.cr0_ts = on;
	guest_set_ts(on);
}

/* --- Debug registers ------------------------------------------------------------------------------------------------------ */

static bool breakpoints_enabled(const struct vcpu *v)
{
	return v->pv.debugreg[7] & DR7_ENABLES;
}

static void load_breakpoints(const struct vcpu *v)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		guest_write_dr(i, v->pv.debugreg[i]);
	}
	guest_write_dr(7, v->pv.debugreg[7]);
}

int pv_set_debugreg(struct vcpu *v, unsigned int reg, u64 value)
{
	bool was_enabled = breakpoints_enabled(v);

	switch (reg) {
	case 0 ... 3:
		/* The longest watched range is eight bytes. */
		if (!guest_range_ok(value, 8)) {
			return -EINVAL;
		}
		v->pv.debugreg[reg] = value;
		break;
	case 6:
		v->pv.debugreg[6] = DR6_CLEAR | (value & 0xe00f);
		return 0;
	case 7:
		v->pv.debugreg[7] = DR7_CLEAR | (value & DR7_GUEST_BITS);
		break;
	default:
		return -EINVAL;
	}
	if (v == current_vcpu() && (was_enabled || breakpoints_enabled(v))) {
		load_breakpoints(v);
	}
	return 0;
}

/* --- Set-up --------------------------------------------------------------------------------------------------------------- */

static void *alloc_image(void)
{
	u32 bytes = fpu_image_bytes();
	unsigned int order = 0;

	if (bytes <= PAGE_SIZE) {
		return heap_alloc(bytes);
	}
	while ((PAGE_SIZE << order) < bytes) {
		order++;
	}
	return heap_alloc_pages(order);
}

static void free_image(void *image)
{
	u32 bytes = fpu_image_bytes();
	unsigned int order = 0;

	if (!image) {
		return;
	}
	if (bytes <= PAGE_SIZE) {
		heap_free(image, bytes);
		return;
	}
	while ((PAGE_SIZE << order) < bytes) {
		order++;
	}
	heap_free_pages(image, order);
}

static int init(struct vcpu *v)
{
	struct vcpu_pv *pv = &v->pv;
	unsigned int i;

	_Static_assert(256 * sizeof(struct pv_trap) == PAGE_SIZE, "the trap table is one page");
	pv->traps = heap_alloc_pages(0);
	pv->xsave = alloc_image();
	if (!pv->traps || !pv->xsave) {
		free_image(pv->xsave);
		if (pv->traps) {
			heap_free_pages(pv->traps, 0);
		}
		pv->traps = NULL;
		pv->xsave = NULL;
		return -ENOMEM;
	}
	fpu_image_init(pv->xsave);
	pv->kernel_mode = true;
	pv->kernel_l4 = MFN_INVALID;
	pv->user_l4 = MFN_INVALID;
	for (i = 0; i < GDT_GUEST_FRAMES; i++) {
		pv->gdt_frames[i] = MFN_INVALID;
	}
	pv->xcr0 = XCR0_RESET;
	pv->cr4 = CR4_ALWAYS_SEEN;
	pv->debugreg[6] = DR6_CLEAR;
	pv->debugreg[7] = DR7_CLEAR;
	v->regs.cs = FLAT_CS64;
	v->regs.ss = FLAT_DS;
	v->regs.rflags = RFLAGS_IF | 2;
	return 0;
}

static void destroy(struct vcpu *v)
{
	pv_drop_gdt(v);
	pv_drop_ldt(v);
	while (pt_release_vcpu(v) == -ERESTART) {
	}
	free_image(v->pv.xsave);
	v->pv.xsave = NULL;
	if (v->pv.traps) {
		heap_free_pages(v->pv.traps, 0);
		v->pv.traps = NULL;
	}
}

/* --- The switch ----------------------------------------------------------------------------------------------------------- */

static void save_bases(struct vcpu *v)
{
	u64 active = rdmsr(MSR_GS_BASE);
	u64 inactive = rdmsr(MSR_KERNEL_GS_BASE);

	v->pv.fs_base = rdmsr(MSR_FS_BASE);
	v->pv.gs_base_kernel = v->pv.kernel_mode ? active : inactive;
	v->pv.gs_base_user = v->pv.kernel_mode ? inactive : active;
}

/* After the selectors: loading one sets the base, too. */
static void load_bases(const struct vcpu *v)
{
	wrmsr(MSR_FS_BASE, v->pv.fs_base);
	wrmsr(MSR_GS_BASE, v->pv.kernel_mode ? v->pv.gs_base_kernel : v->pv.gs_base_user);
	wrmsr(MSR_KERNEL_GS_BASE, v->pv.kernel_mode ? v->pv.gs_base_user : v->pv.gs_base_kernel);
}

static void save(struct vcpu *v)
{
	v->regs = *guest_regs();
	guest_segments_save(&v->regs);
	save_bases(v);
	if (breakpoints_enabled(v)) {
		guest_write_dr(7, DR7_CLEAR);
	}
	fpu_save(v->pv.xsave, v->pv.xcr0);
}

static void load(struct vcpu *v)
{
	load_cr4(v);
	pv_load_cr3(v);
	pv_load_descriptor_tables(v);
	guest_segments_load(&v->regs);
	load_bases(v);
	if (cpu_features.has_rdtscp) {
		wrmsr(MSR_TSC_AUX, v->pv.tsc_aux);
	}
	fpu_load(v->pv.xsave, v->pv.xcr0);
	if (v->pv.cr0_ts) {
		guest_set_ts(true);
	}
	if (breakpoints_enabled(v)) {
		load_breakpoints(v);
	}
	tss_set_io_bitmap(io_bitmap(v));
	*guest_regs() = v->regs;
}

static void leave(void)
{
	tss_set_io_bitmap(NULL);
	tlb_write_cr3(own_maps_idle_cr3());
}

/* One frame per call: a handler starts with events masked, and NMIs come first. */
static void deliver(struct vcpu *v)
{
	struct pv_trap *nmi = &v->pv.traps[VECTOR_NMI];

	if (unlikely(v->pv.nmi_pending) && !v->pv.nmi_masked && nmi->addr) {
		v->pv.nmi_pending = false;
		v->pv.nmi_masked = true;
		pv_inject_trap(guest_regs(), VECTOR_NMI, 0);
		return;
	}
	if (vcpu_events_deliverable(v)) {
		pv_bounce(guest_regs(), &v->pv.event_cb);
	}
}

const struct vcpu_ops vcpu_ops = {
	.init = init,
	.destroy = destroy,
	.save = save,
	.load = load,
	.leave = leave,
	.deliver = deliver,
};

int pv_set_segment_base(struct vcpu *v, unsigned int which, u64 base)
{
	static const u32 msrs[] = {
		[SEGBASE_FS] = MSR_FS_BASE,
		[SEGBASE_GS_USER] = MSR_KERNEL_GS_BASE,
		[SEGBASE_GS_KERNEL] = MSR_GS_BASE,
	};
	u64 flags;

	if (which == SEGBASE_GS_USER_SEL) {
		/*
		 * A selector that cannot be loaded becomes NULL; the guest is not told. A NULL one stays as it is: a guest that
		 * reads anything but 0 back loads it anew at each switch of processes.
		 */
		if (pv_ldt_is_missing(v, (u16)base)) {
			(void)pv_prefill_ldt(v, (u16)base);
		}
		flags = irq_save();
		guest_load_user_gs((u16)base > 3 ? (u16)base | 3 : (u16)base);
		irq_restore(flags);
		return 0;
	}
	if (which >= ARRAY_SIZE(msrs) || !va_is_canonical(base)) {
		return -EINVAL;
	}
	wrmsr(msrs[index_nospec(which, ARRAY_SIZE(msrs))], base);
	return 0;
}
