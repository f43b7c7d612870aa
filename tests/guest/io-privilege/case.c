/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: with I/O privilege the first domain's kernel reads and writes ports, and cli, sti, pushf
 * and popf run without effect on the hardware flag; without it port access is a general
 * protection fault. Ports the hypervisor keeps read as all ones [CPU-4, CPU-5].
 */
#include <public/physdev.h>
#include "case.h"
#include "hypercall.h"
#include "probe.h"

#define PORT_POST	0x80
#define PORT_RTC_INDEX	0x70
#define PORT_RTC_DATA	0x71

static uint64_t flags;

static void do_flags(void *arg)
{
	(void)arg;
	asm volatile("cli\n\tsti\n\tcli\n\tpushfq\n\tpop %0\n\tsti" : "=r"(flags));
}

static long set_iopl(uint32_t iopl)
{
	struct physdev_set_iopl op = { .iopl = iopl };

	return hypercall_physdev_op(PHYSDEVOP_set_iopl, &op);
}

static void run(void)
{
	struct trap_report r;
	uint8_t value;

	EXPECT_EQ(set_iopl(0), 0);
	EXPECT_EQ(probe_inb(PORT_POST, &value), 13);
	EXPECT_EQ(probe_outb(PORT_POST, 0), 13);
	EXPECT_EQ(set_iopl(1), 0);
	EXPECT_EQ(probe_outb(PORT_RTC_INDEX, 0x0d), TRAP_NONE);
	EXPECT_EQ(probe_inb(PORT_RTC_DATA, &value), TRAP_NONE);
	EXPECT_EQ(value & 0x7f, 0);
	EXPECT_EQ(probe_inb(0x3f8 + 5, &value), TRAP_NONE);
	EXPECT_EQ(value, 0xff);
	EXPECT_EQ(trap_catch(do_flags, NULL, &r), TRAP_NONE);
	EXPECT_EQ(flags & 0x200, 0x200);
	EXPECT_EQ(flags & 0x3000, 0);
	EXPECT_EQ(set_iopl(4), -XEN_EINVAL);
	EXPECT_EQ(set_iopl(0), 0);
}

CASE(run, 0);
