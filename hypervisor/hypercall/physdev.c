/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * physdev_op(cmd, arg): interrupt lines, I/O privilege and PCI notices.
 *
 * A domain without devices may set its virtual IOPL and register the page of EOI bits (none of which is ever set); all the rest
 * needs privilege. A GSI's PIRQ is the GSI; MSIs get theirs from x86/irq.h. Of PCI functions nothing is remembered: MSI set-up
 * names its function each time.
 */
#include "hypercall/hypercall.h"
#include "core/domain.h"
#include "core/pirq.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "public/physdev.h"
#include "x86/irq.h"
#include "x86/pcpu.h"

static struct domain *caller(void) { return current_vcpu()->domain; }

static int eoi(gva_t arg)
{
	struct physdev_eoi op;
	int err = guest_copy_in(&op, arg, sizeof(op));

	return err ? err : pirq_eoi(caller(), op.irq);
}

static int status_query(gva_t arg)
{
	struct physdev_irq_status_query op;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (!err) {
		err = pirq_status(caller(), op.irq, &op.flags);
	}
	return err ? err : guest_copy_out(arg, &op, sizeof(op));
}

static int eoi_page(gva_t arg, bool eoi_unmasks)
{
	struct physdev_pirq_eoi_gmfn op;
	int err = guest_copy_in(&op, arg, sizeof(op));

	return err ? err : pirq_register_eoi_page(caller(), MFN(op.gmfn), eoi_unmasks);
}

static int set_iopl(gva_t arg)
{
	struct physdev_set_iopl op;
	int err = guest_copy_in(&op, arg, sizeof(op));

	if (err) {
		return err;
	}
	if (op.iopl > 3) {
		return -EINVAL;
	}
	current_vcpu()->pv.iopl = (u8)op.iopl;
	return 0;
}

/* Ports for guest user mode are not offered; taking them away again (as kernels do on every switch) is no error. */
static int set_iobitmap(gva_t arg)
{
	struct physdev_set_iobitmap op;
	int err = guest_copy_in(&op, arg, sizeof(op));

	if (err) {
		return err;
	}
	if (op.nr_ports > 65536) {
		return -EINVAL;
	}
	return op.bitmap && op.nr_ports ? -EOPNOTSUPP : 0;
}

static int map_gsi(const struct physdev_map_pirq *op, s32 *pirq)
{
	if (op->index < 0 || (u32)op->index >= irq_gsi_count()) {
		return -EINVAL;
	}
	if (op->pirq >= 0 && op->pirq != op->index) {
		return -EINVAL;
	}
	*pirq = op->index;
	return 0;
}

static int map_msi(const struct physdev_map_pirq *op, s32 *pirq)
{
	struct irq_msi msi = {
		.seg = op->type == MAP_PIRQ_TYPE_MSI_SEG ? (u16)((u32)op->bus >> 16) : 0,
		.bus = (u8)op->bus,
		.devfn = (u8)op->devfn,
		.msix = op->table_base != 0,
		.entry = (u16)op->entry_nr,
		.table_base = op->table_base,
	};
	int ret;

	if (op->entry_nr < 0 || op->entry_nr > 0xffff || op->pirq >= 0) {
		return -EINVAL;
	}
	ret = irq_alloc_msi(&msi);
	if (ret < 0) {
		return ret;
	}
	*pirq = ret;
	return 0;
}

static int map_pirq(gva_t arg)
{
	struct physdev_map_pirq op;
	s32 pirq = -1;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (err) {
		return err;
	}
	if (op.domid != DOMID_SELF_RAW && op.domid != caller()->id.v) {
		return refuse(caller(), -EOPNOTSUPP, "PHYSDEVOP_map_pirq", "interrupts are not handed to other domains",
			      op.domid, (u64)op.type);
	}
	switch (op.type) {
	case MAP_PIRQ_TYPE_GSI:
		err = map_gsi(&op, &pirq);
		break;
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
		err = map_msi(&op, &pirq);
		break;
	default:
		/* Several vectors in a row: drivers ask for one at a time instead. */
		err = -EINVAL;
	}
	if (err) {
		return refuse(caller(), err, "PHYSDEVOP_map_pirq", "no such interrupt, or no vector is left", (u64)op.type,
			      (u64)op.index);
	}
	op.pirq = pirq;
	err = guest_copy_out(arg, &op, sizeof(op));
	if (err && op.type != MAP_PIRQ_TYPE_GSI && irq_free_msi((u32)pirq)) {
		return -EBUSY;
	}
	return err;
}

static int unmap_pirq(gva_t arg)
{
	struct physdev_unmap_pirq op;
	evtchn_port_t port;
	bool shareable;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (err) {
		return err;
	}
	if (op.domid != DOMID_SELF_RAW && op.domid != caller()->id.v) {
		return -EOPNOTSUPP;
	}
	if (op.pirq < 0 || op.pirq >= MAX_PIRQS) {
		return -EINVAL;
	}
	if (pirq_is_bound(caller(), (u32)op.pirq, &shareable, &port)) {
		return refuse(caller(), -EBUSY, "PHYSDEVOP_unmap_pirq", "a port is bound to it", (u64)op.pirq, port.v);
	}
	return (u32)op.pirq < irq_gsi_count() ? 0 : irq_free_msi((u32)op.pirq);
}

static int setup_gsi(gva_t arg)
{
	struct physdev_setup_gsi op;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (err) {
		return err;
	}
	if (op.gsi < 0 || op.triggering > 1 || op.polarity > 1) {
		return -EINVAL;
	}
	err = irq_setup_gsi((u32)op.gsi, op.triggering, op.polarity);
	if (err == -EPERM) {
		/* A line of ours. Kernels take "set up already" calmly, and get nothing if they bind it. */
		err = -EEXIST;
	}
	pirq_update_eoi_bit(caller(), (u32)op.gsi);
	return err;
}

/* Vectors are ours; the guest only wants to hear that the line exists. */
static int alloc_irq_vector(gva_t arg)
{
	struct physdev_irq op;
	int err;

	err = guest_copy_in(&op, arg, sizeof(op));
	if (err) {
		return err;
	}
	if (op.irq >= irq_gsi_count()) {
		return -EINVAL;
	}
	op.vector = op.irq;
	return guest_copy_out(arg, &op, sizeof(op));
}

/* Operations that need privilege. */
static s64 privileged_op(u32 cmd, gva_t arg)
{
	switch (cmd) {
	case PHYSDEVOP_map_pirq:
		return map_pirq(arg);
	case PHYSDEVOP_unmap_pirq:
		return unmap_pirq(arg);
	case PHYSDEVOP_setup_gsi:
		return setup_gsi(arg);
	case PHYSDEVOP_alloc_irq_vector:
		return alloc_irq_vector(arg);
	case PHYSDEVOP_free_irq_vector:
	case PHYSDEVOP_manage_pci_add:
	case PHYSDEVOP_manage_pci_remove:
	case PHYSDEVOP_manage_pci_add_ext:
	case PHYSDEVOP_pci_mmcfg_reserved:
	case PHYSDEVOP_pci_device_add:
	case PHYSDEVOP_pci_device_remove:
	case PHYSDEVOP_prepare_msix:
	case PHYSDEVOP_release_msix:
	case PHYSDEVOP_dbgp_op:
		/* Notices of things that we keep no account of. */
		return 0;
	case PHYSDEVOP_restore_msi:
	case PHYSDEVOP_restore_msi_ext:
		/* After the machine slept; it does not. */
		return -EOPNOTSUPP;
	case PHYSDEVOP_apic_read:
	case PHYSDEVOP_apic_write:
		/* The I/O APICs are ours; kernels then take them for what every machine has. */
		return -EOPNOTSUPP;
	case PHYSDEVOP_get_free_pirq:
		/* PIRQ numbers of messages come with map_pirq. */
		return -EOPNOTSUPP;
	default:
		return -ENOSYS;
	}
}

s64 hypercall_physdev_op(u64 a1, u64 a2, ARG_UNUSED u64 a3, ARG_UNUSED u64 a4, ARG_UNUSED u64 a5, ARG_UNUSED u64 a6)
{
	gva_t arg = GVA(a2);

	switch ((u32)a1) {
	case PHYSDEVOP_set_iopl:
		return set_iopl(arg);
	case PHYSDEVOP_set_iobitmap:
		return set_iobitmap(arg);
	case PHYSDEVOP_eoi:
		return eoi(arg);
	case PHYSDEVOP_irq_status_query:
		return status_query(arg);
	case PHYSDEVOP_pirq_eoi_gmfn_v1:
		return eoi_page(arg, true);
	case PHYSDEVOP_pirq_eoi_gmfn_v2:
		return eoi_page(arg, false);
	case PHYSDEVOP_IRQ_UNMASK_NOTIFY:
		/* Older kernels ask for "all"; with level lines unmasked one by one there is nothing to do. */
		return 0;
	default:
		if (!caller()->privileged) {
			return refuse(caller(), -EPERM, "physdev_op", "the domain has no devices", a1, 0);
		}
		return privileged_op((u32)a1, arg);
	}
}
