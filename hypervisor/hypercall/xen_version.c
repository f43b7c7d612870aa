// SPDX-License-Identifier: GPL-2.0-only
/*
 * xen_version(cmd, arg): what answers here. The ABI version is the one stock kernels and tools were built for; the extra
 * version names us.
 *
 * XENVER_version comes first: kernels issue it hundreds of times a second as the cheapest way to have pending events delivered.
 */
#include "core/domain.h"
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "public/version.h"
#include "x86/layout.h"
#include "x86/pcpu.h"

#define VERSION_NUMBER ((4 << 16) | 17)
#define EXTRA_VERSION ".0-lamina"
#define CAPABILITIES "xen-3.0-x86_64 "
#define CHANGESET "lamina"
#define FEATURE(n) (1u << XENFEAT_##n)

static s64 put_text(u64 to, const char *text, size_t size)
{
	char buf[XEN_CAPABILITIES_INFO_LEN] = { 0 };

	(void)str_copy(buf, text, size);
	return guest_copy_out(GVA(to), buf, size);
}

static s64 get_compile_info(u64 to)
{
	struct xen_compile_info info;

	memset(&info, 0, sizeof(info));
	(void)str_copy(info.compiler, "C11, " __VERSION__, sizeof(info.compiler));
	(void)str_copy(info.compile_by, "lamina", sizeof(info.compile_by));
	(void)str_copy(info.compile_domain, "lamina", sizeof(info.compile_domain));
	(void)str_copy(info.compile_date, "reproducible", sizeof(info.compile_date));
	return guest_copy_out(GVA(to), &info, sizeof(info));
}

static s64 get_features(const struct domain *d, u64 arg)
{
	struct xen_feature_info info;

	if (guest_copy_in(&info, GVA(arg), sizeof(info))) {
		return -EFAULT;
	}
	if (info.submap_idx >= XENFEAT_NR_SUBMAPS) {
		return -EINVAL;
	}
	info.submap = FEATURE(pae_pgdir_above_4gb) | FEATURE(mmu_pt_update_preserve_ad) | FEATURE(highmem_assist) |
		      FEATURE(gnttab_map_avail_bits) | FEATURE(memory_op_vnode_supported) | FEATURE(direct_mapped) |
		      (d == domain0 ? FEATURE(dom0) : 0);
	return guest_copy_out(GVA(arg), &info, sizeof(info));
}

static s64 answer(u64 cmd, u64 arg)
{
	const struct domain *d = current_vcpu()->domain;
	struct xen_platform_parameters platform = { .virt_start = HV_HOLE_START };

	switch (cmd) {
	case XENVER_extraversion:
		return put_text(arg, EXTRA_VERSION, XEN_EXTRAVERSION_LEN);
	case XENVER_compile_info:
		return get_compile_info(arg);
	case XENVER_capabilities:
		return put_text(arg, CAPABILITIES, XEN_CAPABILITIES_INFO_LEN);
	case XENVER_changeset:
		return put_text(arg, CHANGESET, XEN_CHANGESET_INFO_LEN);
	case XENVER_platform_parameters:
		return guest_copy_out(GVA(arg), &platform, sizeof(platform));
	case XENVER_get_features:
		return get_features(d, arg);
	case XENVER_pagesize:
		return PAGE_SIZE;
	case XENVER_guest_handle:
		return guest_copy_out(GVA(arg), d->handle, sizeof(d->handle));
	case XENVER_commandline:
		/* Not kept; and of no use to a guest without rights over the machine. */
		return put_text(arg, "", XEN_COMMANDLINE_LEN);
	case XENVER_build_id:
		return -ENODATA;
	default:
		return -ENOSYS;
	}
}

HYPERCALL(xen_version)
{
	(void)a3; (void)a4; (void)a5; (void)a6;
	return likely(a1 == XENVER_version) ? VERSION_NUMBER : answer(a1, a2);
}
