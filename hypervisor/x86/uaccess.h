/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw access to addresses of the guest whose page tables are loaded, with recovery from faults. mm/guest_copy.h is the
 * interface for everybody above: range checks live there.
 */
#ifndef LAMINA_X86_UACCESS_H
#define LAMINA_X86_UACCESS_H

#include "lib/types.h"
#include "x86/extable.h"
#include "x86/smap_site.h"

/* Copies between hypervisor and guest memory. Returns the number of bytes NOT copied (0: success). SMAP-safe. */
size_t uaccess_copy_in(void *to, u64 from, size_t bytes);
size_t uaccess_copy_out(u64 to, const void *from, size_t bytes);

/*
 * Word by word: between uaccess_begin() and uaccess_end() UACCESS_PUT() stores @value at the guest's address @at; a fault leads to the
 * label @fault, which has to end the access, too.
 */
static inline void uaccess_begin(void) { __asm__ volatile(SMAP_SITE(1) ::: "memory"); }
static inline void uaccess_end(void) { __asm__ volatile(SMAP_SITE(0) ::: "memory"); }
#define UACCESS_PUT(at, value, fault)                                                                          \
	__asm__ goto("1: movq %1, %0\n\t" EXTABLE("1b", "%l[" #fault "]")                                      \
		     : : "m"(*(u64 *)(at)), "r"((u64)(value)) : "memory" : fault)

/* Moves @bytes in steps of @unit; an access that faults leads to `fault`. */
#define UACCESS_MOVE(load, loaded, store, stored, unit)                                                        \
	__asm__ goto(SMAP_SITE(1)                                                                              \
		     ".set done_, 0\n\t"                                                                       \
		     ".rept %c[bytes] / " unit "\n\t"                                                          \
		     "1: " load " done_(%[from]), " loaded "\n\t"                                              \
		     "2: " store " " stored ", done_(%[to])\n\t"                                               \
		     EXTABLE("1b", "%l[fault]")                                                                \
		     EXTABLE("2b", "%l[fault]")                                                                \
		     ".set done_, done_ + " unit "\n\t"                                                        \
		     ".endr\n\t"                                                                               \
		     SMAP_SITE(0)                                                                              \
		     : : [to] "r"(to), [from] "r"(from), [bytes] "i"(bytes) : "rax", "memory" : fault)

static inline __attribute__((always_inline)) bool uaccess_move(u64 to, u64 from, size_t bytes)
{
	if (bytes == 2) {
		UACCESS_MOVE("movzwl", "%%eax", "movw", "%%ax", "2");
	} else if (bytes == 4) {
		UACCESS_MOVE("movl", "%%eax", "movl", "%%eax", "4");
	} else {
		UACCESS_MOVE("movq", "%%rax", "movq", "%%rax", "8");
	}
	return true;
fault:
	uaccess_end();
	return false;
}

/* The same inline, for 2, 4 or a few times 8 bytes, a constant. False: not all were copied. */
static inline __attribute__((always_inline)) bool uaccess_load(void *to, u64 from, size_t bytes)
{
	return uaccess_move((u64)to, from, bytes);
}

static inline __attribute__((always_inline)) bool uaccess_store(u64 to, const void *from, size_t bytes)
{
	return uaccess_move(to, (u64)from, bytes);
}

#endif
