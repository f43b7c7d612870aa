// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI configuration mechanism 1 (PCI Local Bus specification 3.0, 3.2.2.3.2). Address and data ports are one transaction under
 * one lock, whoever asks.
 */
#include "x86/pci_config.h"

#include "x86/cpu.h"
#include "x86/spinlock.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA    0xcfc
#define ENABLE       0x80000000

static spinlock_t lock;

u32 pci_config_port_read(u32 address, u32 offset, u32 size)
{
	u16 port = PORT_DATA + (offset & 3);
	u64 flags = spin_lock_irqsave(&lock);
	u32 v;

	outl(PORT_ADDRESS, address);
	switch (size) {
	case 1:
		v = inb(port);
		break;
	case 2:
		v = inw(port);
		break;
	default:
		v = inl(port);
	}
	spin_unlock_irqrestore(&lock, flags);
	return v;
}

void pci_config_port_write(u32 address, u32 offset, u32 size, u32 value)
{
	u16 port = PORT_DATA + (offset & 3);
	u64 flags = spin_lock_irqsave(&lock);

	outl(PORT_ADDRESS, address);
	switch (size) {
	case 1:
		outb(port, value);
		break;
	case 2:
		outw(port, value);
		break;
	default:
		outl(port, value);
	}
	spin_unlock_irqrestore(&lock, flags);
}

static u32 address_of(u8 bus, u8 devfn, u16 reg)
{
	return ENABLE | (u32)bus << 16 | (u32)devfn << 8 | (reg & 0xfc);
}

u32 pci_config_read(u16 seg, u8 bus, u8 devfn, u16 reg, u32 size)
{
	if (seg || reg > 0xff) {
		return size == 4 ? ~0u : (1u << (8 * size)) - 1;
	}
	return pci_config_port_read(address_of(bus, devfn, reg), reg & 3, size);
}

void pci_config_write(u16 seg, u8 bus, u8 devfn, u16 reg, u32 size, u32 value)
{
	if (!seg && reg <= 0xff) {
		pci_config_port_write(address_of(bus, devfn, reg), reg & 3, size, value);
	}
}
