/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of x86/pcpu.h: processors are array elements; a thread is processor 0 until it calls fake_set_cpu(). */
#ifndef LAMINA_FAKE_X86_PCPU_H
#define LAMINA_FAKE_X86_PCPU_H

#define pcpu_of real_pcpu_of
#include_next "x86/pcpu.h"
#undef pcpu_of
#undef this_pcpu

#define FAKE_CPUS 4
extern struct pcpu fake_pcpus[FAKE_CPUS];
extern __thread u32 fake_cpu;

#define this_pcpu() (&fake_pcpus[fake_cpu])
static inline struct pcpu *pcpu_of(u32 cpu) { return &fake_pcpus[cpu]; }

#endif
