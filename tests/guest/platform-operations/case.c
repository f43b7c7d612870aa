/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: platform_op takes the wall clock from the first domain and shows it in shared_info; a
 * wrong interface version and an unknown command are refused; what firmware does not have is an
 * error that kernels shrug off [PLAT-3, TIME-2].
 */
#include <public/platform.h>
#include "boot.h"
#include "case.h"
#include "clock.h"
#include "hypercall.h"

static struct xen_platform_op op;

static long call(uint32_t cmd)
{
	op.cmd = cmd;
	op.interface_version = XENPF_INTERFACE_VERSION;
	return hypercall_two(__HYPERVISOR_platform_op, (uint64_t)&op, 0);
}

static void check_time(void)
{
	uint64_t now = clock_now(), wall;

	op.u.settime64 = (struct xenpf_settime64){ .secs = 2000000000, .system_time = now };
	EXPECT_EQ(call(XENPF_settime64), 0);
	wall = ((uint64_t)kit_shared_info->wc_sec_hi << 32 | kit_shared_info->wc_sec);
	EXPECT(wall <= 2000000000 && wall + now / 1000000000 + 1 >= 2000000000);
	EXPECT_EQ(kit_shared_info->wc_version & 1, 0);
	op.u.settime64.mbz = 1;
	EXPECT(call(XENPF_settime64) < 0);
}

static void run(void)
{
	check_time();
	op.u.firmware_info.type = XEN_FW_EFI_INFO;
	op.u.firmware_info.index = XEN_FW_EFI_VERSION;
	EXPECT(call(XENPF_firmware_info) < 0);
	op.u.firmware_info.type = 99;
	EXPECT(call(XENPF_firmware_info) < 0);
	EXPECT(call(12345) < 0);
	op.cmd = XENPF_settime64;
	op.interface_version = 1;
	EXPECT(hypercall_two(__HYPERVISOR_platform_op, (uint64_t)&op, 0) < 0);
	EXPECT_EQ(hypercall_two(__HYPERVISOR_platform_op, 8, 0), -XEN_EFAULT);
}

CASE(run, 0);
