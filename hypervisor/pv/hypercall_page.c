/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each stub saves what SYSCALL destroys (RCX, R11), loads the number, traps, restores and returns. The iret stub never returns: it leaves
 * the three registers on the stack where the iret hypercall expects them. The rest of the page is INT3.
 */
#include "pv/hypercall_page.h"

#include "lib/string.h"
#include "lib/types.h"
#include "public/hypercall.h"
#include "x86/page.h"

#define STUB_BYTES 32

void pv_fill_hypercall_page(void *page)
{
	static const u8 call[] = {
		0x51,                         /* push %rcx */
		0x41, 0x53,                   /* push %r11 */
		0xb8, 0, 0, 0, 0,             /* mov $nr, %eax */
		0x0f, 0x05,                   /* syscall */
		0x41, 0x5b,                   /* pop %r11 */
		0x59,                         /* pop %rcx */
		0xc3,                         /* ret */
	};
	static const u8 iret[] = {
		0x51,                         /* push %rcx */
		0x41, 0x53,                   /* push %r11 */
		0x50,                         /* push %rax */
		0xb8, __HYPERVISOR_iret, 0, 0, 0,
		0x0f, 0x05,
	};
	u8 *stub = page;
	u32 nr;

	memset(page, 0xcc, PAGE_SIZE);
	for (nr = 0; nr < PAGE_SIZE / STUB_BYTES; nr++, stub += STUB_BYTES) {
		memcpy(stub, call, sizeof(call));
		stub[4] = nr;
	}
	memcpy((u8 *)page + __HYPERVISOR_iret * STUB_BYTES, iret, sizeof(iret));
}
