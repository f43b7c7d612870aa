// SPDX-License-Identifier: GPL-2.0-only
/*
 * platform_op(op): what the first domain's kernel asks of the machine: wall clock, sleep states, facts about processors.
 *
 * Firmware tables reach dom0 by its own mapping of them, so the firmware queries are refused; so is everything about
 * processors coming and going, microcode and power management. The table lets only privileged domains in.
 */
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "hypercall/hypercall.h"
#include "lib/log.h"
#include "mm/guest_copy.h"
#include "public/platform.h"
#include "x86/acpi.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/smp.h"

/* PM1 control: sleep type in bits 10-12, sleep enable. ACPI specification, section 4.8.3.2. */
#define PM1_SLEEP_ENABLE (1u << 13)
#define ACPI_STATE_SOFT_OFF 5

/* The kernel has prepared everything and gives the register values; only the last writes are ours. */
static s64 enter_sleep(const struct xenpf_enter_acpi_sleep *sleep)
{
	if (sleep->sleep_state != ACPI_STATE_SOFT_OFF || (sleep->flags & XENPF_ACPI_SLEEP_EXTENDED)) {
		return -EOPNOTSUPP;
	}
	if (!acpi_info.pm1a_control) {
		return -ENODEV;
	}
	log_info("dom0 turns the machine off\n");
	outw(acpi_info.pm1a_control, sleep->val_a | PM1_SLEEP_ENABLE);
	if (acpi_info.pm1b_control) {
		outw(acpi_info.pm1b_control, sleep->val_b | PM1_SLEEP_ENABLE);
	}
	return 0;
}

static s64 get_cpu_info(struct xenpf_pcpuinfo *info)
{
	u32 cpu = info->xen_cpuid;

	info->max_present = smp_cpu_count() - 1;
	if (cpu >= smp_cpu_count()) {
		info->flags = XEN_PCPU_FLAGS_INVALID;
		info->apic_id = 0;
		info->acpi_id = 0;
		return 0;
	}
	info->flags = XEN_PCPU_FLAGS_ONLINE;
	info->apic_id = pcpu_of((u32)index_nospec(cpu, smp_cpu_count()))->apic_id;
	info->acpi_id = info->apic_id;
	return 0;
}

HYPERCALL(platform_op)
{
	struct xen_platform_op op;
	s64 rc;

	(void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	if (guest_copy_in(&op, GVA(a1), sizeof(op))) {
		return -EFAULT;
	}
	if (op.interface_version != XENPF_INTERFACE_VERSION) {
		return -EACCES;
	}
	switch (op.cmd) {
	case XENPF_settime32:
		return wallclock_set(op.u.settime32.secs, op.u.settime32.nsecs, op.u.settime32.system_time);
	case XENPF_settime64:
		if (op.u.settime64.mbz) {
			return -EINVAL;
		}
		return wallclock_set(op.u.settime64.secs, op.u.settime64.nsecs, op.u.settime64.system_time);
	case XENPF_enter_acpi_sleep:
		return enter_sleep(&op.u.enter_acpi_sleep);
	case XENPF_get_cpuinfo:
		rc = get_cpu_info(&op.u.pcpu_info);
		break;
	default:
		return -ENOSYS;
	}
	return rc ? rc : guest_copy_out(GVA(a1), &op, sizeof(op));
}
