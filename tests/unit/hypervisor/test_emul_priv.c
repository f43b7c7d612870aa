// SPDX-License-Identifier: GPL-2.0-only
/*
 * The privileged-instruction emulator: what it does, what it leaves alone, and that it never decodes past what it fetched
 * (invariant E5).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "core/domain.h"
#include "core/vcpu.h"
#include "fake/machine.h"
#include "lib/errno.h"
#include "pv/context.h"
#include "pv/emul.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/fpu.h"
#include "x86/guest_state.h"
#include "x86/pcpu.h"

static struct domain d;
static struct vcpu v;
static struct vcpu_info info;
static u8 *code;            /* one page; the next is not there */
static u32 last_port, last_bytes, last_value, port_accesses, faults, msr_writes;
static u64 fault_at;

void pv_set_ts(struct vcpu *vcpu, bool on) { vcpu->pv.cr0_ts = on; }
void pv_set_cr4(struct vcpu *vcpu, u64 value) { vcpu->pv.cr4 = value; }
int pt_set_kernel_l4(struct vcpu *vcpu, mfn_t mfn) { vcpu->pv.kernel_l4 = mfn; return 0; }
int pv_rdmsr(struct vcpu *vcpu, u32 msr, u64 *value) { (void)vcpu; *value = 0x1122334455667788; return msr == 0x1b ? 0 : -EINVAL; }
int pv_wrmsr(struct vcpu *vcpu, u32 msr, u64 value) { (void)vcpu; msr_writes++; return msr == 0x1b && value == 0x900000001 ? 0 : -EINVAL; }
void pv_inject_page_fault(struct cpu_user_regs *regs, u32 code_, u64 cr2) { (void)regs, (void)code_; faults++; fault_at = cr2; }
bool fpu_xcr0_ok(u64 xcr0) { return xcr0 == 7; }
void fpu_set_xcr0(u64 xcr0) { (void)xcr0; }
bool io_allowed(const struct vcpu *vcpu) { return vcpu->pv.kernel_mode ? vcpu->pv.iopl >= 1 : vcpu->pv.iopl == 3; }

void pv_cpuid(const struct vcpu *vcpu, u32 leaf, u32 subleaf, struct cpuid_regs *out)
{
	(void)vcpu;
	*out = (struct cpuid_regs){ leaf, subleaf, 3, 4 };
}

u32 io_port_read(struct vcpu *vcpu, u16 port, unsigned int bytes)
{
	(void)vcpu;
	port_accesses++;
	last_port = port;
	last_bytes = bytes;
	return 0xa1b2c3d4 & (bytes == 4 ? ~0u : (1u << (bytes * 8)) - 1);
}

void io_port_write(struct vcpu *vcpu, u16 port, unsigned int bytes, u32 value)
{
	(void)vcpu;
	port_accesses++;
	last_port = port;
	last_bytes = bytes;
	last_value = value;
}

static int set_up(void **state)
{
	(void)state;
	if (!code) {
		code = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(code, MAP_FAILED);
	}
	memset(code, 0x90, 4096);
	fake_guest_memory((u64)code, 4096);
	memset(&d, 0, sizeof(d));
	memset(&v, 0, sizeof(v));
	memset(guest_regs(), 0, sizeof(*guest_regs()));
	port_accesses = faults = msr_writes = 0;
	v.domain = &d;
	v.info = &info;
	v.pv.kernel_mode = true;
	v.pv.iopl = 1;
	this_pcpu()->current = &v;
	return 0;
}

/* Places @n bytes at the start of the page and emulates. */
static bool emulate(const char *bytes, size_t n)
{
	memcpy(code, bytes, n);
	guest_regs()->rip = (u64)code;
	return pv_emulate_privileged(guest_regs());
}
#define EMULATE(text) emulate(text, sizeof(text) - 1)
#define ADVANCED ((int)(guest_regs()->rip - (u64)code))

static void ports(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	r->rax = 0x1111222233334444;
	r->rdx = 0xffff1234;
	assert_true(EMULATE("\xec")); /* in al, dx */
	assert_int_equal(ADVANCED, 1);
	assert_int_equal(last_port, 0x1234);
	assert_int_equal(r->rax, 0x11112222333344d4);
	assert_true(EMULATE("\x66\xed"));
	assert_int_equal(r->rax, 0x111122223333c3d4);
	assert_int_equal(last_bytes, 2);
	assert_true(EMULATE("\xe5\x60")); /* in eax, 0x60 */
	assert_int_equal(ADVANCED, 2);
	assert_int_equal(r->rax, 0xa1b2c3d4);
	assert_int_equal(last_port, 0x60);
	assert_true(EMULATE("\xef"));
	assert_int_equal(last_value, 0xa1b2c3d4);
	assert_true(EMULATE("\xe6\x70"));
	assert_int_equal(last_value, 0xd4);
	assert_int_equal(port_accesses, 5);
}

static void io_needs_iopl(void **state)
{
	(void)state;
	v.pv.iopl = 0;
	assert_false(EMULATE("\xec"));
	assert_int_equal(ADVANCED, 0);
	v.pv.iopl = 2;
	v.pv.kernel_mode = false;
	assert_false(EMULATE("\xec"));
	assert_int_equal(port_accesses, 0);
	v.pv.iopl = 3;
	assert_true(EMULATE("\xec"));
}

static void user_mode_gets_nothing_else(void **state)
{
	(void)state;
	v.pv.kernel_mode = false;
	v.pv.iopl = 3;
	assert_false(EMULATE("\xfa"));
	assert_false(EMULATE("\x0f\x30"));
	assert_false(EMULATE("\x0f\x32"));
	assert_false(EMULATE("\x0f\x06"));
	assert_false(EMULATE("\x0f\x22\xd8"));
	assert_false(EMULATE("\x0f\x01\xd1"));
	assert_int_equal(msr_writes, 0);
}

static void msrs(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	r->rcx = 0x1b;
	assert_true(EMULATE("\x0f\x32"));
	assert_int_equal(r->rax, 0x55667788);
	assert_int_equal(r->rdx, 0x11223344);
	assert_int_equal(ADVANCED, 2);
	r->rax = 0xdead00000001;
	r->rdx = 9;
	assert_true(EMULATE("\x0f\x30"));
	r->rcx = 0x1c;
	assert_false(EMULATE("\x0f\x30"));
	assert_int_equal(ADVANCED, 0);
}

static void control_registers(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	v.pv.cr2 = 0x1234;
	v.pv.cr4 = 0x620;
	assert_true(EMULATE("\x44\x0f\x20\x00") == false); /* CR8 */
	assert_true(EMULATE("\x0f\x20\xd3")); /* rbx = cr2 */
	assert_int_equal(r->rbx, 0x1234);
	assert_true(EMULATE("\x41\x0f\x20\xe0")); /* r8 = cr4 */
	assert_int_equal(r->r8, 0x620);
	assert_int_equal(ADVANCED, 4);
	assert_true(EMULATE("\x0f\x20\xc0")); /* rax = cr0 */
	r->rax |= CR0_TS;
	assert_true(EMULATE("\x0f\x22\xc0"));
	assert_true(v.pv.cr0_ts);
	assert_true(EMULATE("\x0f\x06"));
	assert_false(v.pv.cr0_ts);
	r->rax = 0;
	assert_false(EMULATE("\x0f\x22\xc0"));
	r->rdi = 0x5000;
	assert_true(EMULATE("\x0f\x22\xdf"));
	assert_int_equal(v.pv.kernel_l4.v, 5);
	r->rdi = 0x5001;
	assert_false(EMULATE("\x0f\x22\xdf"));
}

static void xsetbv(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	r->rax = 7;
	assert_false(EMULATE("\x0f\x01\xd1")); /* OSXSAVE is off */
	v.pv.cr4 = CR4_OSXSAVE;
	assert_true(EMULATE("\x0f\x01\xd1"));
	assert_int_equal(v.pv.xcr0, 7);
	r->rax = 5;
	assert_false(EMULATE("\x0f\x01\xd1"));
	assert_false(EMULATE("\x0f\x01\xd0"));
	assert_int_equal(v.pv.xcr0, 7);
}

static void strings(void **state)
{
	struct cpu_user_regs *r = guest_regs();
	u32 *buf = (u32 *)(code + 1024);
	unsigned int traps = 0;

	(void)state;
	r->rdi = (u64)buf;
	r->rcx = 100;
	do {
		assert_true(EMULATE("\xf3\x6d")); /* rep insd */
		traps++;
	} while (ADVANCED == 0 && traps < 10);
	assert_int_equal(traps, 2);
	assert_int_equal(ADVANCED, 2);
	assert_int_equal(r->rcx, 0);
	assert_int_equal(r->rdi, (u64)(buf + 100));
	assert_int_equal(buf[99], 0xa1b2c3d4);
	assert_int_equal(buf[100], 0x90909090);
	/* Backwards, one element. */
	r->rflags = RFLAGS_DF;
	r->rsi = (u64)buf;
	assert_true(EMULATE("\x6e")); /* outsb */
	assert_int_equal(r->rsi, (u64)buf - 1);
	assert_int_equal(last_value, 0xd4);
}

static void string_faults_before_the_port(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	r->rdi = (u64)code + 4096;
	r->rcx = 2;
	assert_true(EMULATE("\xf3\x6c"));
	assert_int_equal(faults, 1);
	assert_int_equal(fault_at, (u64)code + 4096);
	assert_int_equal(port_accesses, 0);
	assert_int_equal(ADVANCED, 0);
	assert_int_equal(r->rcx, 2);
	/* An address of the hypervisor is a fault of the guest, too. */
	r->rsi = 0xffff820000000000ULL;
	assert_true(EMULATE("\x6e"));
	assert_int_equal(faults, 2);
	assert_int_equal(port_accesses, 0);
}

static void not_in_the_list(void **state)
{
	static const char *const rows[] = { "\xf4", "\x0f\x01\x10", "\x0f\x00\xd8", "\xf0\x0f\x06", "\x64\x6e", "\x0f\x33", "\x0f\x23\xc0",
					    "\x90", "\x8e\xd8", "\xcf" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_false(emulate(rows[i], strlen(rows[i]) + 1));
		assert_int_equal(ADVANCED, 0);
	}
}

static void end_of_page(void **state)
{
	struct cpu_user_regs *r = guest_regs();
	unsigned int n;

	(void)state;
	r->rcx = 0x1b;
	code[4094] = 0x0f;
	code[4095] = 0x32;
	r->rip = (u64)code + 4094;
	assert_true(pv_emulate_privileged(r));
	/* Fifteen prefixes, or an instruction cut off, decode to nothing. */
	for (n = 0; n < 16; n++) {
		memset(code + 4096 - n, 0x66, n);
		r->rip = (u64)code + 4096 - n;
		assert_false(pv_emulate_privileged(r));
	}
	code[4095] = 0xe4;
	r->rip = (u64)code + 4095;
	assert_false(pv_emulate_privileged(r));
	assert_int_equal(port_accesses, 0);
	r->rip = 0xffff820000000000ULL;
	assert_false(pv_emulate_privileged(r));
}

static void forced_cpuid(void **state)
{
	struct cpu_user_regs *r = guest_regs();

	(void)state;
	memcpy(code, "\x0f\x0bxen\x0f\xa2", 7);
	r->rip = (u64)code;
	r->rax = 0xffffffff00000001;
	r->rcx = 2;
	assert_true(pv_emulate_forced_cpuid(r));
	assert_int_equal(ADVANCED, 7);
	assert_int_equal(r->rax, 1);
	assert_int_equal(r->rbx, 2);
	memcpy(code, "\x0f\x0bXen\x0f\xa2", 7);
	r->rip = (u64)code;
	assert_false(pv_emulate_forced_cpuid(r));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, set_up)
	const struct CMUnitTest tests[] = {
		CASE(ports), CASE(io_needs_iopl), CASE(user_mode_gets_nothing_else), CASE(msrs), CASE(control_registers), CASE(xsetbv),
		CASE(strings), CASE(string_faults_before_the_port), CASE(not_in_the_list), CASE(end_of_page), CASE(forced_cpuid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
