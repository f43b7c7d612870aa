/* SPDX-License-Identifier: MIT */
/*
 * physdev: physdev_op(cmd, arg): interrupt lines, I/O privilege and PCI, for driver domains.
 *
 * A pirq is a physical interrupt as a guest names it: for the first domain a legacy line's pirq is
 * its global system interrupt; a message-signalled interrupt gets its pirq from map_pirq. Bind a
 * pirq to a port with EVTCHNOP_bind_pirq.
 *
 * I/O privilege (set_iopl, set_iobitmap) belongs to the vCPU and is virtual: the hardware's IOPL
 * stays 0 and the hypervisor carries out what is allowed.
 */
#ifndef LAMINA_PUBLIC_PHYSDEV_H
#define LAMINA_PUBLIC_PHYSDEV_H

#include <stdint.h>
#include "abi_check.h"

#define PHYSDEVOP_IRQ_UNMASK_NOTIFY	4	/* older form of eoi, no argument */
#define PHYSDEVOP_irq_status_query	5
#define PHYSDEVOP_set_iopl		6
#define PHYSDEVOP_set_iobitmap		7
#define PHYSDEVOP_apic_read		8	/* struct physdev_apic */
#define PHYSDEVOP_apic_write		9	/* struct physdev_apic */
#define PHYSDEVOP_alloc_irq_vector	10	/* struct physdev_irq */
#define PHYSDEVOP_free_irq_vector	11	/* struct physdev_irq */
#define PHYSDEVOP_eoi			12
#define PHYSDEVOP_map_pirq		13
#define PHYSDEVOP_unmap_pirq		14
#define PHYSDEVOP_manage_pci_add	15
#define PHYSDEVOP_manage_pci_remove	16
#define PHYSDEVOP_pirq_eoi_gmfn_v1	17
#define PHYSDEVOP_restore_msi		19
#define PHYSDEVOP_manage_pci_add_ext	20
#define PHYSDEVOP_setup_gsi		21
#define PHYSDEVOP_get_free_pirq		23
#define PHYSDEVOP_pci_mmcfg_reserved	24
#define PHYSDEVOP_pci_device_add	25
#define PHYSDEVOP_pci_device_remove	26	/* struct physdev_pci_device */
#define PHYSDEVOP_restore_msi_ext	27	/* struct physdev_pci_device */
#define PHYSDEVOP_pirq_eoi_gmfn_v2	28
#define PHYSDEVOP_dbgp_op		29
#define PHYSDEVOP_prepare_msix		30	/* struct physdev_pci_device */
#define PHYSDEVOP_release_msix		31	/* struct physdev_pci_device */

struct physdev_eoi {
	uint32_t irq;			/* IN: pirq */
};

/* A page of bits, set by the hypervisor, for pirqs that need an eoi call. */
struct physdev_pirq_eoi_gmfn {
	uint64_t gmfn;			/* IN */
};

#define _XENIRQSTAT_needs_eoi	0
#define XENIRQSTAT_needs_eoi	(1U << _XENIRQSTAT_needs_eoi)
#define _XENIRQSTAT_shared	1
#define XENIRQSTAT_shared	(1U << _XENIRQSTAT_shared)

struct physdev_irq_status_query {
	uint32_t irq;			/* IN: pirq */
	uint32_t flags;			/* OUT: XENIRQSTAT_* */
};
ABI_SIZE(struct physdev_irq_status_query, 8);

struct physdev_set_iopl {
	uint32_t iopl;			/* IN: 0 to 3 */
};

struct physdev_set_iobitmap {
	uint64_t bitmap;		/* IN: VA; a clear bit allows the port; 0 removes it */
	uint32_t nr_ports;		/* IN: at most 65536 */
};
ABI_SIZE(struct physdev_set_iobitmap, 16);

struct physdev_apic {
	uint64_t apic_physbase;		/* IN: which I/O APIC */
	uint32_t reg;			/* IN */
	uint32_t value;			/* IN or OUT */
};
ABI_SIZE(struct physdev_apic, 16);

struct physdev_irq {
	uint32_t irq;			/* IN */
	uint32_t vector;		/* OUT */
};
ABI_SIZE(struct physdev_irq, 8);

/* physdev_map_pirq.type */
#define MAP_PIRQ_TYPE_MSI	0x0
#define MAP_PIRQ_TYPE_GSI	0x1
#define MAP_PIRQ_TYPE_UNKNOWN	0x2
#define MAP_PIRQ_TYPE_MSI_SEG	0x3	/* bus carries the PCI segment above bit 15 */
#define MAP_PIRQ_TYPE_MULTI_MSI	0x4	/* entry_nr vectors in a row */

struct physdev_map_pirq {
	uint16_t domid;			/* IN */
	int32_t type;			/* IN: MAP_PIRQ_TYPE_* */
	int32_t index;			/* IN: the interrupt, for a GSI */
	int32_t pirq;			/* IN: -1 to choose; OUT */
	int32_t bus;			/* IN: for MSI */
	int32_t devfn;			/* IN: for MSI */
	int32_t entry_nr;		/* IN: MSI-X entry, or number of vectors; OUT for multi */
	uint64_t table_base;		/* IN: machine address of the MSI-X table; 0 for MSI */
};
ABI_SIZE(struct physdev_map_pirq, 40);
ABI_OFFSET(struct physdev_map_pirq, bus, 0x10);
ABI_OFFSET(struct physdev_map_pirq, table_base, 0x20);

struct physdev_unmap_pirq {
	uint16_t domid;			/* IN */
	int32_t pirq;			/* IN */
};
ABI_SIZE(struct physdev_unmap_pirq, 8);

struct physdev_manage_pci {
	uint8_t bus;
	uint8_t devfn;
};

struct physdev_restore_msi {
	uint8_t bus;
	uint8_t devfn;
};

struct physdev_manage_pci_ext {
	uint8_t bus;
	uint8_t devfn;
	uint32_t is_extfn;
	uint32_t is_virtfn;
	struct {
		uint8_t bus;
		uint8_t devfn;
	} physfn;
};
ABI_SIZE(struct physdev_manage_pci_ext, 16);

struct physdev_setup_gsi {
	int32_t gsi;			/* IN */
	uint8_t triggering;		/* IN: 0 edge, 1 level */
	uint8_t polarity;		/* IN: 0 active high, 1 active low */
};
ABI_SIZE(struct physdev_setup_gsi, 8);

struct physdev_get_free_pirq {
	int32_t type;			/* IN: MAP_PIRQ_TYPE_* */
	uint32_t pirq;			/* OUT */
};
ABI_SIZE(struct physdev_get_free_pirq, 8);

#define XEN_PCI_MMCFG_RESERVED	0x1

struct physdev_pci_mmcfg_reserved {
	uint64_t address;		/* IN */
	uint16_t segment;		/* IN */
	uint8_t start_bus;		/* IN */
	uint8_t end_bus;		/* IN */
	uint32_t flags;			/* IN: XEN_PCI_MMCFG_* */
};
ABI_SIZE(struct physdev_pci_mmcfg_reserved, 16);

#define XEN_PCI_DEV_EXTFN	0x1
#define XEN_PCI_DEV_VIRTFN	0x2
#define XEN_PCI_DEV_PXM		0x4	/* optarr[0] is the proximity domain */

struct physdev_pci_device_add {
	uint16_t seg;			/* IN */
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
	uint32_t flags;			/* IN: XEN_PCI_DEV_* */
	struct {
		uint8_t bus;
		uint8_t devfn;
	} physfn;			/* IN, for a virtual function */
	uint32_t optarr[];
};
ABI_SIZE(struct physdev_pci_device_add, 12);

struct physdev_pci_device {
	uint16_t seg;			/* IN */
	uint8_t bus;			/* IN */
	uint8_t devfn;			/* IN */
};
ABI_SIZE(struct physdev_pci_device, 4);

#define PHYSDEVOP_DBGP_RESET_PREPARE	1
#define PHYSDEVOP_DBGP_RESET_DONE	2
#define PHYSDEVOP_DBGP_BUS_UNKNOWN	0
#define PHYSDEVOP_DBGP_BUS_PCI		1

struct physdev_dbgp_op {
	uint8_t op;			/* IN: PHYSDEVOP_DBGP_RESET_* */
	uint8_t bus;			/* IN: PHYSDEVOP_DBGP_BUS_* */
	union {
		struct physdev_pci_device pci;
	} u;
};
ABI_SIZE(struct physdev_dbgp_op, 6);

#endif
