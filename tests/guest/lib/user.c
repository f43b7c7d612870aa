/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user: see user.h. The user L4 has one path of tables for USER_CODE; it is pinned, so that the
 * hypervisor need not validate it again on each switch. Bounces from user mode land on a stack of
 * their own, given by stack_switch; trap_catch then brings the kernel back to its own.
 */
#include "user.h"

#include <stddef.h>
#include <public/mmu.h>
#include "hypercall.h"
#include "mm.h"
#include "string.h"
#include "window.h"

#define TABLE_FLAGS (XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_ACCESSED)
#define LEVELS 4

const struct user_start user_default = {
	.rax = 0x1234, .rcx = 0x5678, .r11 = 0x9abc, .rflags = 0x202,
	.cs = FLAT_USER_CS64, .ss = FLAT_USER_SS64,
};

static volatile uint64_t *tables[LEVELS];	/* L1 first */
static char *code_page, *stack_page;
static char bounce_stack[8192] __attribute__((aligned(16)));

struct entry {
	uint64_t frame[9];			/* struct iret_context */
};

uint64_t user_l4_mfn(void)
{
	return virt_to_mfn((void *)tables[LEVELS - 1]);
}

static bool build_tables(void)
{
	unsigned int i;

	for (i = 0; i < LEVELS; i++) {
		tables[i] = page_alloc();
		if (!tables[i]) {
			return false;
		}
	}
	tables[0][0] = virt_to_mfn(code_page) * PAGE_BYTES | PTE_KERNEL_RW;
	tables[0][1] = virt_to_mfn(stack_page) * PAGE_BYTES | PTE_KERNEL_RW | XEN_PTE_NX;
	for (i = 1; i < LEVELS; i++) {
		unsigned int slot = (USER_CODE >> (12 + 9 * i)) & 511;

		tables[i][slot] = virt_to_mfn((void *)tables[i - 1]) * PAGE_BYTES | TABLE_FLAGS;
	}
	for (i = 0; i < LEVELS; i++) {
		if (!table_make(tables[i])) {
			return false;
		}
	}
	return true;
}

bool user_open(void)
{
	code_page = page_alloc();
	stack_page = page_alloc();
	return code_page && stack_page && build_tables() &&
	       !mmuext_mfn(MMUEXT_PIN_L4_TABLE, user_l4_mfn()) &&
	       !mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, user_l4_mfn()) &&
	       !hypercall_stack_switch(FLAT_KERNEL_SS, bounce_stack + sizeof(bounce_stack));
}

void user_close(void)
{
	unsigned int i;

	mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, 0);
	mmuext_mfn(MMUEXT_UNPIN_TABLE, user_l4_mfn());
	for (i = LEVELS; i-- > 0;) {
		table_unmake(tables[i]);
		tables[i] = NULL;
	}
	page_free(code_page);
	page_free(stack_page);
}

static void enter(void *arg)
{
	struct entry *e = arg;

	asm volatile("mov %0, %%rsp\n\tmov %1, %%eax\n\tsyscall"
		     : : "r"(e->frame), "i"(__HYPERVISOR_iret) : "memory");
}

int user_run_at(uint64_t rip, const struct user_start *start, struct trap_report *report)
{
	struct entry e = { .frame = {
		start->rax, start->r11, start->rcx, start->flags, rip, start->cs,
		start->rflags, USER_STACK_TOP, start->ss,
	} };

	return trap_catch(enter, &e, report);
}

int user_run(const char *code, const char *end, const struct user_start *start,
	     struct trap_report *report)
{
	memcpy(code_page, code, (size_t)(end - code));
	return user_run_at(USER_CODE, start, report);
}
