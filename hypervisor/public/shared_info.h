/* SPDX-License-Identifier: MIT */
/*
 * shared_info: the page that a guest and the hypervisor both write while the guest runs.
 *
 * One page per domain: a vcpu_info for each of the first 32 vCPUs, the two-level event bitmaps,
 * and the wall clock at system time zero. The guest maps it by an ordinary PTE from the machine
 * address in start_info. A vCPU may move its vcpu_info elsewhere (VCPUOP_register_vcpu_info);
 * vCPUs from number 32 up have to.
 *
 * Versioned fields (time, wall clock): the version is odd while an update is under way; a reader
 * copies, then compares versions, and retries when they differ or are odd.
 */
#ifndef LAMINA_PUBLIC_SHARED_INFO_H
#define LAMINA_PUBLIC_SHARED_INFO_H

#include <stdint.h>
#include "abi_check.h"

#define XEN_LEGACY_MAX_VCPUS	32	/* vcpu_info slots inside shared_info */

/* vcpu_time_info.flags */
#define XEN_PVCLOCK_TSC_STABLE_BIT	(1 << 0)	/* TSCs agree on all processors */
#define XEN_PVCLOCK_GUEST_STOPPED	(1 << 1)

/*
 * System time now, in ns:
 * system_time + ((((tsc - tsc_timestamp) << tsc_shift) * tsc_to_system_mul) >> 32);
 * a negative shift shifts right.
 */
struct vcpu_time_info {
	uint32_t version;
	uint32_t pad0;
	uint64_t tsc_timestamp;
	uint64_t system_time;		/* ns since the hypervisor booted */
	uint32_t tsc_to_system_mul;
	int8_t tsc_shift;
	uint8_t flags;			/* XEN_PVCLOCK_* */
	uint8_t pad1[2];
};
ABI_SIZE(struct vcpu_time_info, 32);
ABI_OFFSET(struct vcpu_time_info, flags, 0x1d);

struct arch_vcpu_info {
	uint64_t cr2;			/* address of the page fault being delivered */
	uint64_t pad;
};
ABI_SIZE(struct arch_vcpu_info, 16);

struct vcpu_info {
	uint8_t evtchn_upcall_pending;	/* set by the hypervisor, cleared by the guest */
	uint8_t evtchn_upcall_mask;	/* the guest's virtual interrupt disable */
	uint64_t evtchn_pending_sel;	/* words of evtchn_pending to look at (two-level) */
	struct arch_vcpu_info arch;
	struct vcpu_time_info time;
};
ABI_SIZE(struct vcpu_info, 64);
ABI_OFFSET(struct vcpu_info, evtchn_pending_sel, 8);
ABI_OFFSET(struct vcpu_info, arch, 0x10);
ABI_OFFSET(struct vcpu_info, time, 0x20);

struct arch_shared_info {
	uint64_t max_pfn;			/* guest: entries in its p2m list */
	uint64_t pfn_to_mfn_frame_list_list;	/* guest: MFN, or ~0 when p2m_vaddr is used */
	uint64_t nmi_reason;			/* XEN_NMIREASON_* */
	uint64_t p2m_cr3;			/* guest: tables in which p2m_vaddr is mapped */
	uint64_t p2m_vaddr;			/* guest: VA of its linear p2m list */
	uint64_t p2m_generation;		/* guest: odd while it changes the list's mapping */
};
ABI_SIZE(struct arch_shared_info, 48);

struct shared_info {
	struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
	uint64_t evtchn_pending[64];	/* bit = port */
	uint64_t evtchn_mask[64];	/* bit = port */
	uint32_t wc_version;
	uint32_t wc_sec;		/* wall clock at system time zero, low half */
	uint32_t wc_nsec;
	uint32_t wc_sec_hi;
	struct arch_shared_info arch;
};
ABI_SIZE(struct shared_info, 0xc40);
ABI_OFFSET(struct shared_info, evtchn_pending, 0x800);
ABI_OFFSET(struct shared_info, evtchn_mask, 0xa00);
ABI_OFFSET(struct shared_info, wc_version, 0xc00);
ABI_OFFSET(struct shared_info, arch, 0xc10);

#endif
