/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up of the core floor on the boot processor: scheduler, timers, console. The machine and the memory floor are ready. */
#ifndef LAMINA_CORE_CORE_H
#define LAMINA_CORE_CORE_H

void core_init(void);
/* The same for every other processor, called by itself. */
void core_init_cpu(void);

#endif
