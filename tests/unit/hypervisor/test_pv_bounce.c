// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames between guest kernel and guest user mode: layout, masks, what flags survive, and that no stack or return frame that a
 * guest chooses is more than its own problem (invariants E1, E4).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/domain.h"
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "fake/machine.h"
#include "lib/errno.h"
#include "public/mmu.h"
#include "pv/bounce.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/guest_state.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define HANDLER 0xffffffff81000000ULL
#define USER_RIP 0x401000ULL
#define USER_RSP 0x7fffffff0000ULL

static struct domain d;
static struct vcpu v;
static struct vcpu_info info;
static struct pv_trap traps[256];
static u64 stack[64] __aligned(64);
static unsigned int crashes;

/* What the code under test asks of others. */
int domain_crash(struct domain *dom, const char *fmt, ...) { (void)dom, (void)fmt; crashes++; return -EINVAL; }
void vcpu_areas_sync(struct vcpu *vcpu) { (void)vcpu; }
void guest_segments_save(struct cpu_user_regs *regs) { regs->ds = 1; regs->es = 2; regs->fs = 3; regs->gs = 4; }

static u64 *top(void) { return &stack[64]; }

static int set_up(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	memset(&d, 0, sizeof(d));
	memset(&v, 0, sizeof(v));
	memset(&info, 0, sizeof(info));
	memset(traps, 0, sizeof(traps));
	memset(stack, 0, sizeof(stack));
	memset(r, 0, sizeof(*r));
	crashes = 0;
	fake_swapgs_count = 0;
	v.domain = &d;
	v.info = &info;
	v.pv.traps = traps;
	v.pv.kernel_l4 = MFN(0x100);
	v.pv.user_l4 = MFN(0x200);
	v.pv.kernel_sp = (u64)top();
	v.pv.syscall_cb = (struct pv_callback){ HANDLER, true };
	this_pcpu()->current = &v;
	fake_guest_memory((u64)stack, sizeof(stack));
	r->rip = USER_RIP;
	r->cs = FLAT_CS64;
	r->ss = FLAT_DS;
	r->rsp = USER_RSP;
	r->rflags = 0x40702; /* AC, DF, IF, TF */
	r->rcx = 0xc;
	r->r11 = 0xb;
	return 0;
}

static void syscall_from_user(void **state)
{
	struct cpu_user_regs *r = guest_regs();
	u64 *f = top() - 7;

	(void)state;
	upcall_guest_syscall(r, GUEST_SYSCALL_64);
	assert_int_equal(crashes, 0);
	assert_true(v.pv.kernel_mode);
	assert_int_equal(fake_swapgs_count, 1);
	assert_int_equal(this_pcpu()->loaded_cr3, 0x100000);
	assert_int_equal(f[0], 0xc);
	assert_int_equal(f[1], 0xb);
	assert_int_equal(f[2], USER_RIP);
	assert_int_equal(f[3], FLAT_CS64);
	assert_int_equal(f[4], 0x40702);
	assert_int_equal(f[5], USER_RSP);
	assert_int_equal(f[6], FLAT_DS);
	assert_int_equal(info.evtchn_upcall_mask, 1);
	assert_int_equal(r->rip, HANDLER);
	assert_int_equal(r->rsp, (u64)f);
	assert_int_equal(r->rflags, 0x202);
}

static void exception_in_kernel(void **state)
{
	struct cpu_user_regs *r = guest_regs();
	u64 *f = top() - 10; /* aligned down to 16 from 8 below, then eight words */

	(void)state;
	v.pv.kernel_mode = true;
	info.evtchn_upcall_mask = 1;
	traps[14] = (struct pv_trap){ HANDLER, FLAT_CS64, 0, false };
	r->rsp = (u64)(top() - 1);
	pv_inject_page_fault(r, 7, 0xdeadbeef);
	assert_int_equal(crashes, 0);
	assert_int_equal(f[2], 3); /* no user bit */
	assert_int_equal(f[3], USER_RIP);
	assert_int_equal(f[4], (FLAT_CS64 & ~3) | 1ULL << 32);
	assert_int_equal(f[5], 0x40502); /* IF is the inverse of the mask */
	assert_int_equal(f[6], (u64)(top() - 1));
	assert_int_equal(info.arch.cr2, 0xdeadbeef);
	assert_int_equal(fake_swapgs_count, 0);
}

static void user_page_fault_has_user_bit(void **state)
{
	(void)state;
	traps[14] = (struct pv_trap){ HANDLER, FLAT_CS64, 0, true };
	pv_inject_page_fault(guest_regs(), 0, 0x1000);
	assert_int_equal((top() - 8)[2], 4);
}

static void bad_stacks_crash_the_domain(void **state)
{
	static const u64 bad[] = { 0xffff800000001000ULL, 0xffff87fffffffff0ULL, 0x800000000000ULL + 0x1000, 0x1000, 0, 24 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up(state);
		v.pv.kernel_sp = bad[i];
		upcall_guest_syscall(guest_regs(), GUEST_SYSCALL_64);
		assert_int_equal(crashes, 1);
		pv_update_syscall_frame(&v);
		if (i < 3 || bad[i] < 56) {
			assert_int_equal(v.pv.syscall_frame, 0);
		}
	}
}

/* Memory is everywhere, and still nothing is written or read where a guest has no business (the host would fault there). */
static void stacks_in_the_hole_are_not_touched(void **state)
{
	static const u64 bad[] = { 0xffff800000001000ULL, 0xffff880000000000ULL, 0x800000000000ULL + 64, 1ULL << 63, 16 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up(state);
		fake_guest_memory(0, ~0ULL);
		v.pv.kernel_sp = bad[i];
		upcall_guest_syscall(guest_regs(), GUEST_SYSCALL_64);
		assert_int_equal(crashes, 1);
		v.pv.kernel_mode = true;
		guest_regs()->rsp = bad[i] - 64;
		upcall_guest_iret(guest_regs());
		assert_int_equal(crashes, 2);
	}
}

static void no_handler(void **state)
{
	(void)state;
	pv_inject_trap(guest_regs(), 3, 0);
	assert_int_equal(crashes, 1);
	assert_false(pv_handler_address_ok(0xffff800000000000ULL));
	assert_false(pv_handler_address_ok(0xffff87ffffffffffULL));
	assert_false(pv_handler_address_ok(0x800000000000ULL));
	assert_true(pv_handler_address_ok(HANDLER));
	assert_true(pv_handler_address_ok(0));
}

static struct iret_context *put_iret(u64 cs, u64 rflags)
{
	struct iret_context *f = (struct iret_context *)stack;

	*f = (struct iret_context){ .rax = 1, .r11 = 2, .rcx = 3, .rip = 4, .cs = cs, .rflags = rflags, .rsp = 5, .ss = 0x2b };
	v.pv.kernel_mode = true;
	guest_regs()->rsp = (u64)stack;
	return f;
}

static void iret_to_user(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	info.evtchn_upcall_mask = 1;
	put_iret(0x33, ~0ULL);
	upcall_guest_iret(r);
	assert_int_equal(crashes, 0);
	assert_false(v.pv.kernel_mode);
	assert_int_equal(this_pcpu()->loaded_cr3, 0x200000);
	assert_int_equal(info.evtchn_upcall_mask, 0);
	assert_int_equal(r->rip, 4);
	assert_int_equal(r->cs, 0x33);
	assert_int_equal(r->rax, 1);
	assert_int_equal(r->r11, 2);
	assert_int_equal(r->rcx, 3);
	/* IF set; IOPL, VM, VIF, VIP and reserved bits clear. */
	assert_int_equal(r->rflags, 0x254dd5 | 0x202);
}

static void iret_to_kernel(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	put_iret(0x10, 0)->ss = 0;
	upcall_guest_iret(r);
	assert_true(v.pv.kernel_mode);
	assert_int_equal(r->cs, 0x13);
	assert_int_equal(r->ss, FLAT_DS);
	assert_int_equal(info.evtchn_upcall_mask, 1);
	assert_int_equal(r->rflags, 0x202);
}

static void iret_gone_wrong(void **state)
{
	(void)state;
	put_iret(0x33, 0);
	v.pv.user_l4 = MFN(0);
	upcall_guest_iret(guest_regs());
	assert_int_equal(crashes, 1);
	guest_regs()->rsp = 0xffff800000000000ULL;
	upcall_guest_iret(guest_regs());
	assert_int_equal(crashes, 2);
}

static void failsafe_frame(void **state)
{
	u64 *f = top() - 11;

	(void)state;
	v.pv.failsafe_cb = (struct pv_callback){ HANDLER, true };
	upcall_guest_iret_fault(guest_regs());
	f = (u64 *)((u64)top() - 11 * 8);
	assert_int_equal(f[2], 1);
	assert_int_equal(f[3], 2);
	assert_int_equal(f[4], 3);
	assert_int_equal(f[5], 4);
	assert_int_equal(f[6], USER_RIP);
}

static void int80(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	traps[13] = (struct pv_trap){ HANDLER + 1, FLAT_CS64, 0, true };
	upcall_guest_syscall(r, GUEST_INT80);
	assert_int_equal(r->rip, HANDLER + 1);
	assert_int_equal((top() - 8)[2], 0x402);
	assert_int_equal((top() - 8)[3], USER_RIP - 2);
	set_up(state);
	traps[0x80] = (struct pv_trap){ HANDLER, FLAT_CS64, 3, true };
	upcall_guest_syscall(r, GUEST_INT80);
	assert_int_equal(r->rip, HANDLER);
	assert_int_equal((top() - 7)[2], USER_RIP);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		CASE(syscall_from_user), CASE(exception_in_kernel), CASE(user_page_fault_has_user_bit),
		CASE(bad_stacks_crash_the_domain), CASE(stacks_in_the_hole_are_not_touched), CASE(no_handler),
		CASE(iret_to_user), CASE(iret_to_kernel), CASE(iret_gone_wrong), CASE(failsafe_frame), CASE(int80),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
