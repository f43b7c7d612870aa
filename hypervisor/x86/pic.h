/* SPDX-License-Identifier: GPL-2.0-only */
/* The pair of 8259 interrupt controllers, which stay masked. */
#ifndef LAMINA_X86_PIC_H
#define LAMINA_X86_PIC_H

/* Moves their vectors to 0x20-0x2f, where spurious ones do no harm, and masks every line. */
void pic_disable(void);

#endif
