// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may touch which I/O port.
 *
 * A domain without devices reads all ones and writes into the void, so that its kernel's probes find nothing. One port
 * differs: 0x42, the counter of the PC timer, reads 0, because a kernel that calibrates by it polls 100,000 times as long as it
 * sees 0xff. A privileged domain reaches real ports except those that the hypervisor runs: interrupt controllers, timer, its
 * console, the reset register. PCI configuration goes through a latch per domain and the hypervisor's own accessor, because
 * both sides use the same pair of ports.
 */
#include "pv/emul.h"

#include "core/domain.h"
#include "x86/cpu.h"
#include "x86/pci_config.h"
#include "x86/uart.h"

#define PORT_PIT_COUNTER_2 0x42
#define PORT_PCI_ADDRESS 0xcf8
#define PORT_PCI_DATA 0xcfc
#define PORT_PCI_END 0xd00
#define PORT_RESET 0xcf9

struct port_range { u16 first, last; };

static const struct port_range ours[] = {
	{ 0x20, 0x21 },   /* PIC 1 */
	{ 0x40, 0x43 },   /* PIT */
	{ 0x61, 0x61 },   /* its gate and output */
	{ 0xa0, 0xa1 },   /* PIC 2 */
	{ 0x4d0, 0x4d1 }, /* PIC trigger modes */
	{ PORT_PCI_ADDRESS, PORT_PCI_END - 1 },
};

static bool port_is_ours(u32 port)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		if (port >= ours[i].first && port <= ours[i].last) {
			return true;
		}
	}
	return uart_owns_port((u16)port);
}

/* All of the access is a real device of @d. */
static bool access_is_real(const struct domain *d, u16 port, unsigned int bytes)
{
	unsigned int i;

	if (!d->privileged || (u32)port + bytes > 0x10000) {
		return false;
	}
	for (i = 0; i < bytes; i++) {
		if (port_is_ours(port + i)) {
			return false;
		}
	}
	return true;
}

static u32 all_ones(unsigned int bytes)
{
	return bytes == 4 ? ~0u : (1u << (bytes * 8)) - 1;
}

bool io_allowed(const struct vcpu *v)
{
	return v->pv.kernel_mode ? v->pv.iopl >= 1 : v->pv.iopl == 3;
}

/* The access lies within one of the two four-byte registers of the PCI pair. */
static bool in_register(u16 port, unsigned int bytes, u16 first)
{
	return port >= first && port + bytes <= (u32)first + 4;
}

static u32 pci_read(struct domain *d, u16 port, unsigned int bytes)
{
	if (in_register(port, bytes, PORT_PCI_ADDRESS)) {
		return (d->pci_config_address >> ((port - PORT_PCI_ADDRESS) * 8)) & all_ones(bytes);
	}
	if (in_register(port, bytes, PORT_PCI_DATA)) {
		return pci_config_port_read(d->pci_config_address, port - PORT_PCI_DATA, bytes);
	}
	return all_ones(bytes);
}

static void pci_write(struct domain *d, u16 port, unsigned int bytes, u32 value)
{
	unsigned int shift;

	if (port == PORT_RESET && bytes == 1) {
		return;
	}
	if (in_register(port, bytes, PORT_PCI_ADDRESS)) {
		shift = (port - PORT_PCI_ADDRESS) * 8;
		d->pci_config_address = (d->pci_config_address & ~(all_ones(bytes) << shift)) | (value << shift);
	} else if (in_register(port, bytes, PORT_PCI_DATA)) {
		pci_config_port_write(d->pci_config_address, port - PORT_PCI_DATA, bytes, value);
	}
}

u32 io_port_read(struct vcpu *v, u16 port, unsigned int bytes)
{
	struct domain *d = v->domain;

	if (port == PORT_PIT_COUNTER_2) {
		return 0;
	}
	if (d->privileged && port >= PORT_PCI_ADDRESS && port < PORT_PCI_END) {
		return pci_read(d, port, bytes);
	}
	if (!access_is_real(d, port, bytes)) {
		return all_ones(bytes);
	}
	switch (bytes) {
	case 1:
		return inb(port);
	case 2:
		return inw(port);
	default:
		return inl(port);
	}
}

void io_port_write(struct vcpu *v, u16 port, unsigned int bytes, u32 value)
{
	struct domain *d = v->domain;

	if (d->privileged && port >= PORT_PCI_ADDRESS && port < PORT_PCI_END) {
		pci_write(d, port, bytes, value);
		return;
	}
	if (!access_is_real(d, port, bytes)) {
		return;
	}
	switch (bytes) {
	case 1:
		outb(port, (u8)value);
		break;
	case 2:
		outw(port, (u16)value);
		break;
	default:
		outl(port, value);
	}
}

/*
 * None yet: the processor's bitmap cannot tell guest kernel from guest user code, both at CPL 3, and would give the ports of
 * a kernel with IOPL 1 to its processes.
 */
const u8 *io_bitmap(const struct vcpu *v)
{
	(void)v;
	return NULL;
}
