/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI configuration space by ports 0xCF8 and 0xCFC, shared by the hypervisor and dom0's emulated port accesses.
 */
#ifndef LAMINA_X86_PCI_CONFIG_H
#define LAMINA_X86_PCI_CONFIG_H

#include "lib/types.h"

/*
 * @size is 1, 2 or 4 and @reg aligned to it. What these ports cannot reach (segments other than 0, registers above 0xff)
 * reads as ones and ignores writes. Any context with or without interrupts.
 */
u32 pci_config_read(u16 seg, u8 bus, u8 devfn, u16 reg, u32 size);
void pci_config_write(u16 seg, u8 bus, u8 devfn, u16 reg, u32 size, u32 value);

/* The data port access that @address, a value for port 0xCF8, and port 0xCFC + @offset mean. */
u32 pci_config_port_read(u32 address, u32 offset, u32 size);
void pci_config_port_write(u32 address, u32 offset, u32 size, u32 value);

#endif
