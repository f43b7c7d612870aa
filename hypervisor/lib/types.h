/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's vocabulary of types.
 *
 * Frame numbers, addresses, domain ids, ports and grant references are one-member structs, in release builds too:
 * mixing them does not compile, and the code is the same at -O2. ABI integers are wrapped in the hypercall adapter
 * and nowhere else. The glossary (docs/glossary.md) says what each word means.
 */
#ifndef LAMINA_LIB_TYPES_H
#define LAMINA_LIB_TYPES_H

/* The image is linked in one piece: nothing needs a global offset table. Host builds see the C library and may not say so. */
#if !__STDC_HOSTED__
#pragma GCC visibility push(hidden)
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

/* Machine frame number: maddr >> 12. */
typedef struct { u64 v; } mfn_t;
/* Pseudo-physical frame number: the guest's own idea of contiguous memory. */
typedef struct { u64 v; } pfn_t;
/* Machine (host-physical) address in bytes. */
typedef struct { u64 v; } maddr_t;
/* Guest virtual address: must never be dereferenced, only passed to guest_copy. */
typedef struct { u64 v; } gva_t;
typedef struct { u16 v; } domid_t;
typedef struct { u32 v; } evtchn_port_t;
typedef struct { u32 v; } grant_ref_t;

#define MFN(x)   ((mfn_t){ (x) })
#define PFN(x)   ((pfn_t){ (x) })
#define MADDR(x) ((maddr_t){ (x) })
#define GVA(x)   ((gva_t){ (x) })
#define DOMID(x) ((domid_t){ (x) })
#define PORT(x)  ((evtchn_port_t){ (x) })
#define GREF(x)  ((grant_ref_t){ (x) })

#define MFN_INVALID MFN(~0ULL)

#define KIB(x) ((u64)(x) << 10)
#define MIB(x) ((u64)(x) << 20)
#define GIB(x) ((u64)(x) << 30)

#define ARRAY_SIZE(a)      (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)     (((x) + ((a) - 1)) & ~((typeof(x))(a) - 1))
#define ALIGN_DOWN(x, a)   ((x) & ~((typeof(x))(a) - 1))
#define MIN(a, b)          ((a) < (b) ? (a) : (b))
#define MAX(a, b)          ((a) > (b) ? (a) : (b))
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define __must_check   __attribute__((warn_unused_result))
#define __noreturn     __attribute__((noreturn))
#define __cold         __attribute__((cold))
#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __section(s)   __attribute__((section(s)))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __weak         __attribute__((weak))

/* The compiler may neither tear, repeat nor drop these accesses. */
#define READ_ONCE(x)     (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define barrier()        __asm__ volatile("" ::: "memory")
#define smp_mb()         __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_wmb()        __atomic_thread_fence(__ATOMIC_RELEASE)
#define smp_rmb()        __atomic_thread_fence(__ATOMIC_ACQUIRE)

/* Clamps @index to [0, @limit) without a branch, so that a mispredicted bounds check reads nothing out of range. */
static inline u64 index_nospec(u64 index, u64 limit)
{
	u64 mask;

	__asm__("cmp %1, %2; sbb %0, %0" : "=r"(mask) : "r"(limit), "r"(index) : "cc");
	return index & mask;
}

#endif
