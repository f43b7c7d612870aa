/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: xen_version answers what kernels depend on: a version of at least 4.2, the two features
 * whose absence makes Linux panic, none of those that would make it use another memory model, and
 * an error, not a crash, for what does not exist [PLAT-1, CALL-3].
 */
#include <public/version.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"

#define FEATURE(name) (1U << XENFEAT_##name)

static void check_features(void)
{
	struct xen_feature_info info = { .submap_idx = 0 };
	uint32_t must = FEATURE(mmu_pt_update_preserve_ad) | FEATURE(gnttab_map_avail_bits) |
			FEATURE(dom0);
	uint32_t never = FEATURE(writable_page_tables) | FEATURE(auto_translated_physmap) |
			 FEATURE(writable_descriptor_tables) | FEATURE(supervisor_mode_kernel);

	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, &info), 0);
	EXPECT_EQ(info.submap & must, must);
	EXPECT_EQ(info.submap & never, 0);
	info.submap_idx = XENFEAT_NR_SUBMAPS;
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, &info), -XEN_EINVAL);
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, (void *)0x10), -XEN_EFAULT);
}

static void run(void)
{
	static char text[XEN_CAPABILITIES_INFO_LEN];
	struct xen_platform_parameters parameters;
	uint8_t handle[16] = { 0 };

	EXPECT(hypercall_xen_version(XENVER_version, NULL) >= (4 << 16 | 2));
	check_features();
	EXPECT_EQ(hypercall_xen_version(XENVER_pagesize, NULL), 4096);
	EXPECT_EQ(hypercall_xen_version(XENVER_extraversion, text), 0);
	EXPECT(strlen(text) < XEN_EXTRAVERSION_LEN);
	EXPECT_EQ(hypercall_xen_version(XENVER_capabilities, text), 0);
	EXPECT(!strncmp(text, "xen-3.0-x86_64", 14));
	EXPECT_EQ(hypercall_xen_version(XENVER_platform_parameters, &parameters), 0);
	EXPECT_EQ(parameters.virt_start, 0xffff800000000000);
	EXPECT_EQ(hypercall_xen_version(XENVER_guest_handle, handle), 0);
	EXPECT_EQ(hypercall_xen_version(XENVER_changeset, text), 0);
	EXPECT_EQ(hypercall_xen_version(99, text), -XEN_ENOSYS);
}

CASE(run, 0);
