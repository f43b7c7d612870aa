// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests' descriptor tables.
 *
 * Frames that hold descriptors have the type seg_desc: nobody can write to them but pv_update_descriptor(), and all 512 entries
 * have been audited. A processor shows the frames of its vCPU through its GDT and LDT windows. The GDT's frames are named by the
 * guest and held from set_gdt on; the LDT is named by virtual address and its pages are looked up, audited and held when they
 * are first needed. When the guest changes page tables they are forgotten again.
 *
 * What an entry may be: not present; code or data, whose DPL is made 3; a call gate, whose DPL is made 0 so that no guest can use it.
 */
#include "pv/descriptor.h"

#include "core/refusal.h"
#include "lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/own_maps.h"
#include "x86/pcpu.h"

#define DESC_PRESENT  (1ULL << 47)
#define DESC_DPL      (3ULL << 45)
#define DESC_NOT_SYSTEM (1ULL << 44)
#define DESC_TYPE(d)  (((d) >> 40) & 15)
#define TYPE_CALL_GATE 12

#define ENTRIES_PER_FRAME 512
#define GDT_ENTRIES_MAX (GDT_GUEST_FRAMES * ENTRIES_PER_FRAME)
#define LDT_ENTRIES_MAX 8192
#define LDT_FRAMES 16
#define SELECTOR_LDT 4

/* GDT slots of each processor's window that show something; changed by that processor only. */
static u8 gdt_slots_shown[MAX_PCPUS];
static bool ldt_shown[MAX_PCPUS];

bool pv_descriptor_ok(u64 *desc)
{
	if (!(*desc & DESC_PRESENT)) {
		return true;
	}
	if (*desc & DESC_NOT_SYSTEM) {
		*desc |= DESC_DPL;
		return true;
	}
	if (DESC_TYPE(*desc) == TYPE_CALL_GATE) {
		*desc &= ~DESC_DPL;
		return true;
	}
	return false;
}

static struct page_info *get_descriptor_frame(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = frame_lookup(mfn);

	return pg && page_get_and_type(pg, &d->mem, PGT_SEG_DESC) ? pg : NULL;
}

static void put_frame(mfn_t mfn)
{
	if (!mfn_eq(mfn, MFN_INVALID)) {
		page_put_and_type(mfn_to_page(mfn));
	}
}

/* Interrupts off. */
static void show_gdt(struct vcpu *v)
{
	u32 cpu = this_pcpu()->id;
	u32 frames = (v->pv.gdt_entries + ENTRIES_PER_FRAME - 1) / ENTRIES_PER_FRAME;
	u32 i;

	for (i = 0; i < frames; i++) {
		gdt_window_set(cpu, i, v->pv.gdt_frames[i]);
	}
	for (; i < gdt_slots_shown[cpu]; i++) {
		gdt_window_set(cpu, i, MFN_INVALID);
	}
	gdt_slots_shown[cpu] = (u8)frames;
}

/* Interrupts off. */
static void show_ldt(struct vcpu *v)
{
	u32 cpu = this_pcpu()->id;
	u32 i;

	if (!v->pv.ldt_entries && !ldt_shown[cpu]) {
		return;
	}
	for (i = 0; i < LDT_FRAMES; i++) {
		ldt_window_set(cpu, i, v->pv.ldt_frames ? v->pv.ldt_frames[i] : MFN_INVALID);
	}
	ldt_shown[cpu] = v->pv.ldt_entries != 0;
	gdt_load_ldt(v->pv.ldt_entries);
}

void pv_load_descriptor_tables(struct vcpu *v)
{
	show_gdt(v);
	show_ldt(v);
}

int pv_set_gdt(struct vcpu *v, const u64 *mfns, u32 frames, u32 entries)
{
	mfn_t taken[GDT_GUEST_FRAMES];
	u64 flags;
	u32 i;

	if (entries > GDT_ENTRIES_MAX || frames > GDT_GUEST_FRAMES || frames * ENTRIES_PER_FRAME < entries) {
		return -EINVAL;
	}
	for (i = 0; i < frames; i++) {
		taken[i] = MFN(mfns[i]);
		if (!get_descriptor_frame(v->domain, taken[i])) {
			refusal_record_frame(v->domain, "set_gdt", "the frame cannot hold descriptors", i, MFN(mfns[i]));
			while (i > 0) {
				put_frame(taken[--i]);
			}
			return -EINVAL;
		}
	}
	pv_drop_gdt(v);
	for (i = 0; i < frames; i++) {
		v->pv.gdt_frames[i] = taken[i];
	}
	v->pv.gdt_entries = entries;
	if (v == current_vcpu()) {
		flags = irq_save();
		show_gdt(v);
		irq_restore(flags);
	}
	return 0;
}

void pv_drop_gdt(struct vcpu *v)
{
	u64 flags;
	u32 i;

	v->pv.gdt_entries = 0;
	if (v == current_vcpu()) {
		flags = irq_save();
		show_gdt(v);
		irq_restore(flags);
	}
	for (i = 0; i < GDT_GUEST_FRAMES; i++) {
		put_frame(v->pv.gdt_frames[i]);
		v->pv.gdt_frames[i] = MFN_INVALID;
	}
}

int pv_update_descriptor(struct domain *d, maddr_t ma, u64 desc)
{
	struct page_info *pg;
	u64 type;
	u64 *slot;

	if (ma.v % sizeof(u64) || !pv_descriptor_ok(&desc)) {
		return refuse(d, -EINVAL, "update_descriptor", "a descriptor that guests may not have", ma.v, desc);
	}
	pg = page_get_mfn(maddr_to_mfn(ma), &d->mem);
	if (!pg) {
		return refuse_frame(d, -EINVAL, "update_descriptor", "the frame does not belong to the domain", desc, MFN(ma.v >> PAGE_SHIFT));
	}
	/* A frame that is no descriptor page is just memory; its contents are audited when it becomes one. */
	type = (READ_ONCE(pg->type) & PGT_TYPE_MASK) == PGT_SEG_DESC ? PGT_SEG_DESC : PGT_WRITABLE;
	if (page_get_type(pg, type, false)) {
		page_put(pg);
		return refuse_frame(d, -EINVAL, "update_descriptor", "the frame is in use as something else", desc, MFN(ma.v >> PAGE_SHIFT));
	}
	slot = maddr_to_virt(ma);
	WRITE_ONCE(*slot, desc);
	page_put_and_type(pg);
	return 0;
}

/* --- LDT ------------------------------------------------------------------------------------------------------------------ */

/* Gives up the frames; the window, if @v is the current vCPU, is cleared first. */
static void forget_ldt_frames(struct vcpu *v)
{
	u32 i;

	if (!v->pv.ldt_frames) {
		return;
	}
	for (i = 0; i < LDT_FRAMES; i++) {
		mfn_t mfn = v->pv.ldt_frames[i];

		v->pv.ldt_frames[i] = MFN_INVALID;
		if (v == current_vcpu()) {
			ldt_window_set(this_pcpu()->id, i, MFN_INVALID);
		}
		put_frame(mfn);
	}
}

void pv_flush_ldt(struct vcpu *v)
{
	u64 flags = irq_save();

	forget_ldt_frames(v);
	irq_restore(flags);
}

void pv_drop_ldt(struct vcpu *v)
{
	forget_ldt_frames(v);
	heap_free(v->pv.ldt_frames, LDT_FRAMES * sizeof(mfn_t));
	v->pv.ldt_frames = NULL;
	v->pv.ldt_entries = 0;
}

int pv_set_ldt(struct vcpu *v, u64 base, u32 entries)
{
	u64 flags;
	u32 i;

	if (entries > LDT_ENTRIES_MAX || base % PAGE_SIZE || !guest_range_ok(base, (u64)entries * sizeof(u64))) {
		return refuse(v->domain, -EINVAL, "set_ldt", "address or size out of range", base, entries);
	}
	if (entries && !v->pv.ldt_frames) {
		v->pv.ldt_frames = heap_alloc(LDT_FRAMES * sizeof(mfn_t));
		if (!v->pv.ldt_frames) {
			return -ENOMEM;
		}
		for (i = 0; i < LDT_FRAMES; i++) {
			v->pv.ldt_frames[i] = MFN_INVALID;
		}
	}
	flags = irq_save();
	if (v->pv.ldt_entries) {
		forget_ldt_frames(v);
	}
	v->pv.ldt_base = base;
	v->pv.ldt_entries = entries;
	if (v == current_vcpu()) {
		gdt_load_ldt(entries);
		ldt_shown[this_pcpu()->id] = entries != 0;
	}
	irq_restore(flags);
	return 0;
}

/* Looks up page @slot of the current vCPU's LDT and shows it. Interrupts enabled: a change of type may flush other processors. */
static bool fill_ldt_slot(struct vcpu *v, u32 slot)
{
	/* The address is the kernel's, whatever tables are loaded. */
	pte_t e = pt_peek_l1e(v->pv.kernel_l4, v->pv.ldt_base + (u64)slot * PAGE_SIZE);
	mfn_t mfn;

	mfn = pte_mfn(e);
	if (!(e & PTE_P) || !get_descriptor_frame(v->domain, mfn)) {
		return false;
	}
	v->pv.ldt_frames[slot] = mfn;
	ldt_window_set(this_pcpu()->id, slot, mfn);
	return true;
}

bool pv_ldt_is_missing(const struct vcpu *v, u16 selector)
{
	u32 index = selector >> 3;

	return (selector & SELECTOR_LDT) && index < v->pv.ldt_entries &&
	       mfn_eq(v->pv.ldt_frames[index / ENTRIES_PER_FRAME], MFN_INVALID);
}

bool pv_prefill_ldt(struct vcpu *v, u16 selector)
{
	u32 slot = (selector >> 3) / ENTRIES_PER_FRAME;

	if (!(selector & SELECTOR_LDT)) {
		return true;
	}
	if ((u32)(selector >> 3) >= v->pv.ldt_entries) {
		return false;
	}
	return !mfn_eq(v->pv.ldt_frames[slot], MFN_INVALID) || fill_ldt_slot(v, slot);
}

bool pv_fix_ldt_fault(struct vcpu *v, u64 cr2)
{
	u64 offset = cr2 - ldt_window_va(this_pcpu()->id);
	u32 slot = (u32)(offset / PAGE_SIZE);

	if (offset >= LDT_WINDOW_SIZE || slot * ENTRIES_PER_FRAME >= v->pv.ldt_entries) {
		return false;
	}
	if (!mfn_eq(v->pv.ldt_frames[slot], MFN_INVALID)) {
		return false;
	}
	return fill_ldt_slot(v, slot);
}
