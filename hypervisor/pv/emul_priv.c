// SPDX-License-Identifier: GPL-2.0-only
/*
 * Privileged instructions of the guest kernel, after they raised #GP: a short list, the ones that stock kernels use.
 *
 *   in out ins outs · cli sti · rdmsr wrmsr · mov to and from CR0 2 3 4, clts · xsetbv · wbinvd invd · cpuid
 *
 * The instruction is fetched once, decoded from the private copy as 64-bit code, checked completely, then carried out. An
 * instruction outside the list, with a prefix that means something else, or refused by a rule leaves everything as it was:
 * the caller lets the guest have its #GP. Segment bases are not applied: guests are flat but for FS and GS, whose
 * overrides are refused.
 */
#include "pv/emul.h"

#include "mm/guest_copy.h"
#include "pv/context.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/fpu.h"
#include "x86/guest_state.h"
#include "x86/pcpu.h"

#define INSN_MAX 15
#define REX_W 8u
#define REX_R 4u
#define REX_B 1u
/* String elements per trap; the instruction is executed again for the rest, so that interrupts get in. */
#define STRING_BATCH 64

struct insn {
	u8 bytes[INSN_MAX];
	u8 fetched;
	u8 at;            /* next byte to decode */
	u8 rex;
	bool word;        /* 66 */
	bool address32;   /* 67 */
	bool rep;         /* F2 or F3 */
	bool odd;         /* LOCK, or an override of FS or GS */
	bool cut;         /* the end was not fetched */
};

static bool fetch(struct insn *in, u64 rip)
{
	u64 bytes;

	*in = (struct insn){ 0 };
	if (!guest_range_ok(rip, INSN_MAX)) {
		return false;
	}
	/* The instruction may end right before a page that is not there. */
	if (uaccess_copy_in(in->bytes, rip, INSN_MAX) == 0) {
		in->fetched = INSN_MAX;
	} else {
		bytes = MIN(PAGE_SIZE - rip % PAGE_SIZE, INSN_MAX);
		in->fetched = (u8)(bytes - uaccess_copy_in(in->bytes, rip, bytes));
	}
	barrier();
	return true;
}

static u8 next_byte(struct insn *in)
{
	if (in->at >= in->fetched) {
		in->cut = true;
		return 0;
	}
	return in->bytes[in->at++];
}

/* Eats prefixes; returns the first opcode byte. */
static u8 decode_prefixes(struct insn *in)
{
	for (;;) {
		u8 b = next_byte(in);

		switch (b) {
		case 0x66:
			in->word = true;
			break;
		case 0x67:
			in->address32 = true;
			break;
		case 0xf2:
		case 0xf3:
			in->rep = true;
			break;
		case 0x64:
		case 0x65:
		case 0xf0:
			in->odd = true;
			break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
			break;
		default:
			if ((b & 0xf0) != 0x40) {
				return b;
			}
			in->rex = b & 0xf;
			return next_byte(in);
		}
	}
}

static u64 *gpr(struct cpu_user_regs *regs, unsigned int n)
{
	switch (n & 15) {
	case 0: return &regs->rax;
	case 1: return &regs->rcx;
	case 2: return &regs->rdx;
	case 3: return &regs->rbx;
	case 4: return &regs->rsp;
	case 5: return &regs->rbp;
	case 6: return &regs->rsi;
	case 7: return &regs->rdi;
	case 8: return &regs->r8;
	case 9: return &regs->r9;
	case 10: return &regs->r10;
	case 11: return &regs->r11;
	case 12: return &regs->r12;
	case 13: return &regs->r13;
	case 14: return &regs->r14;
	default: return &regs->r15;
	}
}

/* Result of an IN into AL, AX or EAX; only the last clears the upper half. */
static void put_in_result(struct cpu_user_regs *regs, unsigned int bytes, u32 value)
{
	switch (bytes) {
	case 1:
		regs->rax = (regs->rax & ~0xffULL) | (u8)value;
		break;
	case 2:
		regs->rax = (regs->rax & ~0xffffULL) | (u16)value;
		break;
	default:
		regs->rax = value;
	}
}

static bool emulate_in_out(struct vcpu *v, struct cpu_user_regs *regs, struct insn *in, u8 opcode)
{
	unsigned int bytes = !(opcode & 1) ? 1 : in->word ? 2 : 4;
	u16 port = opcode & 8 ? (u16)regs->rdx : next_byte(in);

	if (in->cut) {
		return false;
	}
	if (opcode & 2) {
		u32 value = (u32)regs->rax & (bytes == 4 ? ~0u : (1u << (bytes * 8)) - 1);

		io_port_write(v, port, bytes, value);
	} else {
		put_in_result(regs, bytes, io_port_read(v, port, bytes));
	}
	return true;
}

/* One element of INS (@out false) or OUTS. False: the guest's memory could not be reached, a page fault has been injected. */
static bool string_element(struct vcpu *v, struct cpu_user_regs *regs, unsigned int bytes, bool out, u64 address)
{
	u32 value = 0;

	if (out) {
		if (guest_copy_in(&value, GVA(address), bytes)) {
			pv_inject_page_fault(regs, 0, address);
			return false;
		}
		io_port_write(v, (u16)regs->rdx, bytes, value);
		return true;
	}
	/* The destination must be writable before the port is read: reading may have an effect. */
	if (guest_copy_in(&value, GVA(address), bytes) || guest_copy_out(GVA(address), &value, bytes)) {
		pv_inject_page_fault(regs, 2, address);
		return false;
	}
	value = io_port_read(v, (u16)regs->rdx, bytes);
	return guest_copy_out(GVA(address), &value, bytes) == 0;
}

/* INS and OUTS. Returns with RIP still at the instruction when there is more to do or a fault was injected. */
static bool emulate_string(struct vcpu *v, struct cpu_user_regs *regs, struct insn *in, u8 opcode)
{
	unsigned int bytes = !(opcode & 1) ? 1 : in->word ? 2 : 4;
	bool out = opcode & 2;
	u64 *index = out ? &regs->rsi : &regs->rdi;
	u64 mask = in->address32 ? 0xffffffffULL : ~0ULL;
	u64 step = regs->rflags & RFLAGS_DF ? -(u64)bytes : bytes;
	unsigned int done;

	for (done = 0; done < STRING_BATCH; done++) {
		if (in->rep && !(regs->rcx & mask)) {
			break;
		}
		if (!string_element(v, regs, bytes, out, *index & mask)) {
			return true;
		}
		*index = (*index + step) & mask;
		if (!in->rep) {
			break;
		}
		regs->rcx = (regs->rcx - 1) & mask;
	}
	if (!in->rep || !(regs->rcx & mask)) {
		regs->rip += in->at;
	}
	return true;
}

#define CR0_GUEST_VIEW 0x80050033u /* PG AM WP NE ET MP PE */

static bool read_control_register(struct vcpu *v, unsigned int n, u64 *value)
{
	switch (n) {
	case 0:
		*value = CR0_GUEST_VIEW | (v->pv.cr0_ts ? CR0_TS : 0);
		return true;
	case 2:
		*value = v->pv.cr2;
		return true;
	case 3:
		*value = v->pv.kernel_l4.v << PAGE_SHIFT;
		return true;
	case 4:
		*value = v->pv.cr4;
		return true;
	default:
		return false;
	}
}

static bool write_control_register(struct vcpu *v, unsigned int n, u64 value)
{
	switch (n) {
	case 0:
		/* Everything but TS is ours and set for good. */
		if ((value | CR0_TS) != (CR0_GUEST_VIEW | CR0_TS)) {
			return false;
		}
		pv_set_ts(v, value & CR0_TS);
		return true;
	case 2:
		v->pv.cr2 = value;
		v->info->arch.cr2 = value;
		return true;
	case 3:
		return !(value & ~PTE_ADDR) && pt_set_kernel_l4(v, MFN(value >> PAGE_SHIFT)) == 0;
	case 4:
		pv_set_cr4(v, value);
		return true;
	default:
		return false;
	}
}

/* 0F 20 and 0F 22: the ModRM byte names a control register and, whatever its mod bits say, a general register. */
static bool emulate_mov_cr(struct vcpu *v, struct cpu_user_regs *regs, struct insn *in, u8 opcode)
{
	u8 modrm = next_byte(in);
	unsigned int n = ((modrm >> 3) & 7) | (in->rex & REX_R ? 8 : 0);
	u64 *reg = gpr(regs, (modrm & 7) | (in->rex & REX_B ? 8 : 0));

	if (in->cut) {
		return false;
	}
	return opcode == 0x20 ? read_control_register(v, n, reg) : write_control_register(v, n, *reg);
}

static bool emulate_msr(struct vcpu *v, struct cpu_user_regs *regs, u8 opcode)
{
	u64 value = (u32)regs->rax | (regs->rdx << 32);

	if (opcode == 0x30) {
		return pv_wrmsr(v, (u32)regs->rcx, value) == 0;
	}
	if (pv_rdmsr(v, (u32)regs->rcx, &value)) {
		return false;
	}
	regs->rax = (u32)value;
	regs->rdx = value >> 32;
	return true;
}

static bool emulate_xsetbv(struct vcpu *v, struct cpu_user_regs *regs, struct insn *in)
{
	u64 value = (u32)regs->rax | (regs->rdx << 32);

	if (next_byte(in) != 0xd1 || (u32)regs->rcx != 0 || !(v->pv.cr4 & CR4_OSXSAVE) || !fpu_xcr0_ok(value)) {
		return false;
	}
	v->pv.xcr0 = value;
	fpu_set_xcr0(value);
	return true;
}

static void emulate_cpuid(struct vcpu *v, struct cpu_user_regs *regs)
{
	struct cpuid_regs out;

	pv_cpuid(v, (u32)regs->rax, (u32)regs->rcx, &out);
	regs->rax = out.eax;
	regs->rbx = out.ebx;
	regs->rcx = out.ecx;
	regs->rdx = out.edx;
}

/* Two-byte opcodes, kernel mode only. */
static bool emulate_0f(struct vcpu *v, struct cpu_user_regs *regs, struct insn *in)
{
	u8 opcode = next_byte(in);

	if (in->cut) {
		return false;
	}
	switch (opcode) {
	case 0x01:
		return emulate_xsetbv(v, regs, in);
	case 0x06:
		pv_set_ts(v, false);
		return true;
	case 0x08:
	case 0x09:
		/* Only who has devices can have memory that is not coherent. */
		if (v->domain->privileged) {
			guest_wbinvd();
		}
		return true;
	case 0x20:
	case 0x22:
		return emulate_mov_cr(v, regs, in, opcode);
	case 0x30:
	case 0x32:
		return emulate_msr(v, regs, opcode);
	case 0xa2:
		emulate_cpuid(v, regs);
		return true;
	default:
		return false;
	}
}

bool pv_emulate_privileged(struct cpu_user_regs *regs)
{
	struct vcpu *v = current_vcpu();
	struct insn in;
	bool done;
	u8 opcode;

	if (!fetch(&in, regs->rip)) {
		return false;
	}
	opcode = decode_prefixes(&in);
	if (in.odd || in.cut) {
		return false;
	}
	switch (opcode) {
	case 0x6c ... 0x6f:
		/* Does its own advancing; a fault it injected must not be advanced over. */
		return io_allowed(v) && emulate_string(v, regs, &in, opcode);
	case 0xe4 ... 0xe7:
	case 0xec ... 0xef:
		done = io_allowed(v) && emulate_in_out(v, regs, &in, opcode);
		break;
	case 0xfa:
	case 0xfb:
		/* The hardware flag stays on; the guest's own is in its vcpu_info. Early code executes these before it knows. */
		done = v->pv.kernel_mode;
		break;
	case 0x0f:
		done = v->pv.kernel_mode && emulate_0f(v, regs, &in);
		break;
	default:
		return false;
	}
	if (done) {
		regs->rip += in.at;
	}
	return done;
}

bool pv_emulate_forced_cpuid(struct cpu_user_regs *regs)
{
	static const u8 marked_cpuid[] = { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2 };
	u8 bytes[sizeof(marked_cpuid)];
	unsigned int i;

	if (guest_copy_in(bytes, GVA(regs->rip), sizeof(bytes))) {
		return false;
	}
	for (i = 0; i < sizeof(bytes); i++) {
		if (bytes[i] != marked_cpuid[i]) {
			return false;
		}
	}
	emulate_cpuid(current_vcpu(), regs);
	regs->rip += sizeof(bytes);
	return true;
}
