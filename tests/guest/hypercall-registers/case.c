/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a hypercall changes RAX, and RCX and R11 because the instruction does; every other
 * register keeps its value, the argument registers included, and the flags the program sees stay
 * sane: the direction flag is still clear [CALL-1].
 */
#include <public/version.h>
#include "case.h"
#include "hypercall.h"

struct image {
	uint64_t rbx, rbp, r12, r13, r14, r15, rdi, rsi, rdx, r8, r9, r10, rax, rflags;
};

static void call(struct image *i)
{
	asm volatile("push %%rbp\n\tpush %%rbx\n\tpush %0\n\t"
		     "mov $0x1111, %%rbx\n\tmov $0x2222, %%rbp\n\tmov $0x3333, %%r12\n\t"
		     "mov $0x4444, %%r13\n\tmov $0x5555, %%r14\n\tmov $0x6666, %%r15\n\t"
		     "xor %%edi, %%edi\n\tmov $0x7777, %%rsi\n\tmov $0x8888, %%rdx\n\t"
		     "mov $0x9999, %%r8\n\tmov $0xaaaa, %%r9\n\tmov $0xbbbb, %%r10\n\t"
		     "mov %1, %%eax\n\tsyscall\n\t"
		     "xchg %%rax, (%%rsp)\n\t"
		     "mov %%rbx, 0(%%rax)\n\tmov %%rbp, 8(%%rax)\n\tmov %%r12, 16(%%rax)\n\t"
		     "mov %%r13, 24(%%rax)\n\tmov %%r14, 32(%%rax)\n\tmov %%r15, 40(%%rax)\n\t"
		     "mov %%rdi, 48(%%rax)\n\tmov %%rsi, 56(%%rax)\n\tmov %%rdx, 64(%%rax)\n\t"
		     "mov %%r8, 72(%%rax)\n\tmov %%r9, 80(%%rax)\n\tmov %%r10, 88(%%rax)\n\t"
		     "pop %%rcx\n\tmov %%rcx, 96(%%rax)\n\tpushfq\n\tpopq 104(%%rax)\n\t"
		     "pop %%rbx\n\tpop %%rbp\n\t"
		     : : "a"(i), "i"(__HYPERVISOR_xen_version)
		     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
		       "r15", "memory", "cc");
}

static void run(void)
{
	struct image i = { 0 };

	call(&i);
	EXPECT(i.rax >= (4 << 16));
	EXPECT_EQ(i.rbx, 0x1111);
	EXPECT_EQ(i.rbp, 0x2222);
	EXPECT_EQ(i.r12, 0x3333);
	EXPECT_EQ(i.r13, 0x4444);
	EXPECT_EQ(i.r14, 0x5555);
	EXPECT_EQ(i.r15, 0x6666);
	EXPECT_EQ(i.rdi, XENVER_version);
	EXPECT_EQ(i.rsi, 0x7777);
	EXPECT_EQ(i.rdx, 0x8888);
	EXPECT_EQ(i.r8, 0x9999);
	EXPECT_EQ(i.r9, 0xaaaa);
	EXPECT_EQ(i.r10, 0xbbbb);
	EXPECT_EQ(i.rflags & 0x400, 0);
	EXPECT_EQ(i.rflags & 0x200, 0x200);
	EXPECT_EQ(i.rflags & 0x3000, 0);
}

CASE(run, 0);
