/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of x86/uaccess.h: the inline accesses go to the fake guest memory too. */
#ifndef LAMINA_FAKE_X86_UACCESS_H
#define LAMINA_FAKE_X86_UACCESS_H

#include "lib/types.h"

size_t uaccess_copy_in(void *to, u64 from, size_t bytes);
size_t uaccess_copy_out(u64 to, const void *from, size_t bytes);
static inline bool uaccess_load(void *to, u64 from, size_t bytes) { return !uaccess_copy_in(to, from, bytes); }
static inline bool uaccess_store(u64 to, const void *from, size_t bytes) { return !uaccess_copy_out(to, from, bytes); }

#endif
