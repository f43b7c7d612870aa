// SPDX-License-Identifier: GPL-2.0-only
/*
 * struct vcpu_guest_context: how a guest or the toolstack says what a vCPU that is down shall start with, and reads it back.
 *
 * Everything is checked and every reference taken before anything changes. The frames of the new page tables and descriptors
 * must belong to the vCPU's domain. What the structure does not carry (callbacks for 32-bit system calls and SYSENTER, NMI state)
 * keeps its value.
 */
#include "core/domain.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "public/mmu.h"
#include "pv/bounce.h"
#include "pv/context.h"
#include "pv/descriptor.h"
#include "pv/mode.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/fpu.h"
#include "x86/gdt.h"

#define GDT_ENTRIES_PER_FRAME 512
#define GDT_ENTRIES_MAX (GDT_GUEST_FRAMES * GDT_ENTRIES_PER_FRAME)
#define LDT_ENTRIES_MAX 8192
#define VM_ASSIST_KNOWN \
	((1ULL << VMASST_TYPE_4gb_segments) | (1ULL << VMASST_TYPE_4gb_segments_notify) | (1ULL << VMASST_TYPE_writable_pagetables) | \
	 (1ULL << VMASST_TYPE_pae_extended_cr3) | (1ULL << VMASST_TYPE_architectural_iopl) | \
	 (1ULL << VMASST_TYPE_runstate_update_flag))

/* The first rule that @ctx breaks, as a sentence; NULL if none. */
static const char *broken_rule(const struct vcpu_guest_context *ctx)
{
	unsigned int i;

	if (!pv_handler_address_ok(ctx->event_callback_eip) || !pv_handler_address_ok(ctx->failsafe_callback_eip) ||
	    !pv_handler_address_ok(ctx->syscall_callback_eip)) {
		return "a callback address is not the guest's";
	}
	for (i = 0; i < ARRAY_SIZE(ctx->trap_ctxt); i++) {
		if (!pv_handler_address_ok(ctx->trap_ctxt[i].address)) {
			return "a trap handler's address is not the guest's";
		}
	}
	if (ctx->gdt_ents > GDT_ENTRIES_MAX || ctx->ldt_ents > LDT_ENTRIES_MAX) {
		return "a descriptor table is too large";
	}
	if (ctx->ldt_base % PAGE_SIZE || !guest_range_ok(ctx->ldt_base, ctx->ldt_ents * sizeof(u64))) {
		return "the LDT's address is not the guest's";
	}
	if (!va_is_canonical(ctx->fs_base) || !va_is_canonical(ctx->gs_base_kernel) || !va_is_canonical(ctx->gs_base_user)) {
		return "a segment base is not canonical";
	}
	if (!guest_range_ok(ctx->user_regs.rip, 1)) {
		return "RIP is not the guest's";
	}
	if (!(ctx->flags & VGCF_in_kernel) && !ctx->ctrlreg[1]) {
		return "user mode without user page tables";
	}
	for (i = 0; i < 4; i++) {
		if (!guest_range_ok(ctx->debugreg[i], 8)) {
			return "a breakpoint's address is not the guest's";
		}
	}
	return NULL;
}

/* Takes the references of a root; @cr as a CR3 value. */
static int get_root(struct domain *d, u64 cr, mfn_t *root)
{
	struct page_info *pg = page_get_mfn(MFN((cr & PTE_ADDR) >> PAGE_SHIFT), &d->mem);
	int err;

	if (!pg) {
		return -EINVAL;
	}
	err = page_get_type(pg, PGT_L4, true);
	if (err) {
		page_put(pg);
		return err;
	}
	*root = page_to_mfn(pg);
	return 0;
}

static void put_root(mfn_t root)
{
	if (pv_l4_is_set(root)) {
		page_put_and_type(mfn_to_page(root));
	}
}

static void set_registers(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
	const struct cpu_user_regs *from = &ctx->user_regs;

	v->regs = *from;
	v->regs.cs |= 3;
	v->regs.ss = (from->ss & ~3) ? from->ss | 3 : FLAT_DS;
	v->regs.error_code = 0;
	v->regs.entry_vector = 0;
	v->regs.saved_upcall_mask = 0;
	v->pv.iopl = (from->rflags >> 12) & 3;
	v->regs.rflags = (from->rflags & 0x250dd5) | RFLAGS_IF | 2; /* no IOPL, NT, VM, VIF, VIP */
}

static void set_handlers(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ctx->trap_ctxt); i++) {
		const struct trap_info *t = &ctx->trap_ctxt[i];

		v->pv.traps[i] = (struct pv_trap){ t->address, t->cs, TI_GET_DPL(t), TI_GET_IF(t) };
	}
	v->pv.event_cb = (struct pv_callback){ ctx->event_callback_eip, true };
	v->pv.failsafe_cb = (struct pv_callback){ ctx->failsafe_callback_eip, ctx->flags & VGCF_failsafe_disables_events };
	v->pv.syscall_cb = (struct pv_callback){ ctx->syscall_callback_eip, ctx->flags & VGCF_syscall_disables_events };
}

static int set_tables(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
	mfn_t kernel = MFN_INVALID, user = MFN_INVALID;
	u32 frames = (u32)(ctx->gdt_ents + GDT_ENTRIES_PER_FRAME - 1) / GDT_ENTRIES_PER_FRAME;
	int err;

	/* Whatever the vCPU had goes first; -ERESTART here and below finds everything as it was or further on. */
	err = pt_release_vcpu(v);
	if (err) {
		return err;
	}
	err = get_root(v->domain, ctx->ctrlreg[3], &kernel);
	if (err) {
		goto fail;
	}
	if (ctx->ctrlreg[1]) {
		err = get_root(v->domain, ctx->ctrlreg[1], &user);
		if (err) {
			goto fail_kernel;
		}
	}
	err = pv_set_gdt(v, ctx->gdt_frames, frames, (u32)ctx->gdt_ents);
	if (err) {
		goto fail_user;
	}
	err = pv_set_ldt(v, ctx->ldt_base, (u32)ctx->ldt_ents);
	if (err) {
		goto fail_user;
	}
	v->pv.kernel_l4 = kernel;
	v->pv.user_l4 = user;
	return 0;

fail_user:
	put_root(user);
fail_kernel:
	put_root(kernel);
fail:
	if (err != -ERESTART) {
		refusal_record(v->domain, "set context", "page tables or descriptor frames are not usable", ctx->ctrlreg[3],
			       ctx->ctrlreg[1]);
	}
	return err;
}

int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
	const char *rule = broken_rule(ctx);
	unsigned int i;
	int err;

	if (rule) {
		return refuse(v->domain, -EINVAL, "set context", rule, v->id, ctx->user_regs.rip);
	}
	err = set_tables(v, ctx);
	if (err) {
		return err;
	}
	set_registers(v, ctx);
	set_handlers(v, ctx);
	for (i = 0; i < ARRAY_SIZE(ctx->debugreg); i++) {
		if (i != 4 && i != 5) {
			err = pv_set_debugreg(v, i, ctx->debugreg[i]);
			BUG_ON(err);
		}
	}
	if (ctx->flags & VGCF_i387_valid) {
		fpu_image_set_legacy(v->pv.xsave, &ctx->fpu_ctxt);
	}
	v->pv.kernel_mode = ctx->flags & VGCF_in_kernel;
	v->pv.kernel_ss = (u16)ctx->kernel_ss | 3;
	v->pv.kernel_sp = ctx->kernel_sp;
	v->pv.fs_base = ctx->fs_base;
	v->pv.gs_base_kernel = ctx->gs_base_kernel;
	v->pv.gs_base_user = ctx->gs_base_user;
	v->pv.cr0_ts = ctx->ctrlreg[0] & CR0_TS;
	v->pv.cr2 = ctx->ctrlreg[2];
	pv_set_cr4(v, ctx->ctrlreg[4]);
	if (v->id == 0) {
		v->domain->vm_assist |= ctx->vm_assist & VM_ASSIST_KNOWN;
	}
	pv_update_syscall_frame(v);
	return 0;
}

void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *ctx)
{
	const struct vcpu_pv *pv = &v->pv;
	unsigned int i;

	memset(ctx, 0, sizeof(*ctx));
	memcpy(&ctx->fpu_ctxt, pv->xsave, sizeof(ctx->fpu_ctxt));
	ctx->flags = VGCF_i387_valid | (pv->kernel_mode ? VGCF_in_kernel : 0) |
		     (pv->failsafe_cb.masks_events ? VGCF_failsafe_disables_events : 0) |
		     (pv->syscall_cb.masks_events ? VGCF_syscall_disables_events : 0) |
		     (READ_ONCE(v->sched.wait) & VCPU_DOWN ? 0 : VGCF_online);
	ctx->user_regs = v->regs;
	ctx->user_regs.rflags |= (u64)pv->iopl << 12;
	for (i = 0; i < ARRAY_SIZE(ctx->trap_ctxt); i++) {
		const struct pv_trap *t = &pv->traps[i];

		ctx->trap_ctxt[i] = (struct trap_info){
			.vector = (u8)i, .flags = (u8)(t->dpl | (t->masks_events ? 4 : 0)), .cs = t->cs, .address = t->addr,
		};
	}
	ctx->ldt_base = pv->ldt_base;
	ctx->ldt_ents = pv->ldt_entries;
	for (i = 0; i < GDT_GUEST_FRAMES; i++) {
		ctx->gdt_frames[i] = mfn_eq(pv->gdt_frames[i], MFN_INVALID) ? 0 : pv->gdt_frames[i].v;
	}
	ctx->gdt_ents = pv->gdt_entries;
	ctx->kernel_ss = pv->kernel_ss;
	ctx->kernel_sp = pv->kernel_sp;
	ctx->ctrlreg[0] = pv->cr0_ts ? CR0_TS : 0;
	ctx->ctrlreg[1] = pv_l4_is_set(pv->user_l4) ? pv->user_l4.v << PAGE_SHIFT : 0;
	ctx->ctrlreg[2] = pv->cr2;
	ctx->ctrlreg[3] = pv_l4_is_set(pv->kernel_l4) ? pv->kernel_l4.v << PAGE_SHIFT : 0;
	ctx->ctrlreg[4] = pv->cr4;
	memcpy(ctx->debugreg, pv->debugreg, sizeof(ctx->debugreg));
	ctx->event_callback_eip = pv->event_cb.addr;
	ctx->failsafe_callback_eip = pv->failsafe_cb.addr;
	ctx->syscall_callback_eip = pv->syscall_cb.addr;
	ctx->vm_assist = v->domain->vm_assist;
	ctx->fs_base = pv->fs_base;
	ctx->gs_base_kernel = pv->gs_base_kernel;
	ctx->gs_base_user = pv->gs_base_user;
}
