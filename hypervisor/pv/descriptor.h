/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptor tables at a vCPU switch; within this room only. The rest is in pv.h. */
#ifndef LAMINA_PV_DESCRIPTOR_H
#define LAMINA_PV_DESCRIPTOR_H

#include "core/vcpu.h"

/* Shows @v's GDT and LDT frames in this processor's windows and loads LDTR. Interrupts off. */
void pv_load_descriptor_tables(struct vcpu *v);
/* @selector names an entry of the current vCPU's LDT whose page the window does not show. */
bool pv_ldt_is_missing(const struct vcpu *v, u16 selector);
/* Gives up the LDT of a vCPU that does not run. */
void pv_drop_ldt(struct vcpu *v);

#endif
