// SPDX-License-Identifier: GPL-2.0-only
/*
 * console_io: the machine's console, for privileged domains only. Others have a console ring of their own; their early text is
 * refused with -EPERM, which stock kernels do not mind.
 */
#include "hypercall/hypercall.h"

#include "core/console.h"
#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/guest_copy.h"
#include "mm/page_type.h"
#include "public/console_io.h"
#include "x86/pcpu.h"

#define CHUNK_BYTES 256

static s64 write(u64 count, gva_t from)
{
	char chunk[CHUNK_BYTES];

	while (count) {
		size_t n = MIN(count, sizeof(chunk));

		if (guest_copy_in(chunk, from, n)) {
			return -EFAULT;
		}
		log_raw(chunk, n);
		count -= n;
		from.v += n;
		if (count && hypercall_should_preempt()) {
			hypercall_restart_arg(2, count);
			hypercall_restart_arg(3, from.v);
			return -ERESTART;
		}
	}
	return 0;
}

static s64 read(u64 count, gva_t to)
{
	char chunk[CHUNK_BYTES];
	size_t n = console_read(chunk, MIN(count, sizeof(chunk)));

	return guest_copy_out(to, chunk, n) ? -EFAULT : (s64)n;
}

HYPERCALL(console_io)
{
	(void)a4, (void)a5, (void)a6;
	if (!current_vcpu()->domain->privileged) {
		return -EPERM;
	}
	/* The count is an int in the ABI; a negative one is no count. */
	if ((s32)a2 < 0) {
		return -EINVAL;
	}
	switch ((u32)a1) {
	case CONSOLEIO_write:
		return write((u32)a2, GVA(a3));
	case CONSOLEIO_read:
		return read((u32)a2, GVA(a3));
	default:
		return -ENOSYS;
	}
}
