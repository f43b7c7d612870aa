/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of x86/uaccess.h: the inline accesses go to the fake guest memory too. */
#ifndef LAMINA_FAKE_X86_UACCESS_H
#define LAMINA_FAKE_X86_UACCESS_H

#include "lib/types.h"

size_t uaccess_copy_in(void *to, u64 from, size_t bytes);
size_t uaccess_copy_out(u64 to, const void *from, size_t bytes);
static inline bool uaccess_load(void *to, u64 from, size_t bytes) { return !uaccess_copy_in(to, from, bytes); }
static inline bool uaccess_store(u64 to, const void *from, size_t bytes) { return !uaccess_copy_out(to, from, bytes); }

static inline void uaccess_begin(void) {}
static inline void uaccess_end(void) {}
#define UACCESS_PUT(at, value, fault)                        \
	do {                                                 \
		u64 word_ = (value);                         \
		if (!uaccess_store((at), &word_, sizeof(word_))) { \
			goto fault;                          \
		}                                            \
	} while (0)

#endif
