// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 8259 pair is initialised once, only to be masked: without that, a spurious interrupt would arrive on an exception's
 * vector.
 */
#include "x86/pic.h"

#include "x86/cpu.h"

#define MASTER 0x20
#define SLAVE  0xa0

void pic_disable(void)
{
	outb(MASTER, 0x11); /* initialise, edge, cascade, fourth word follows */
	outb(SLAVE, 0x11);
	outb(MASTER + 1, 0x20);
	outb(SLAVE + 1, 0x28);
	outb(MASTER + 1, 0x04);
	outb(SLAVE + 1, 0x02);
	outb(MASTER + 1, 0x01);
	outb(SLAVE + 1, 0x01);
	outb(MASTER + 1, 0xff);
	outb(SLAVE + 1, 0xff);
}
