/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the hypervisor's own functions, for panics, the profiler and dom0's symbol list. */
#ifndef LAMINA_X86_IMAGE_SYMBOLS_H
#define LAMINA_X86_IMAGE_SYMBOLS_H

#include "lib/symbols.h"

/* symbols_find() in the image's own table. Any context. */
const char *image_symbol(u64 address, u64 *offset);

#endif
