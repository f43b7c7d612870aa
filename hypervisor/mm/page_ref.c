/* SPDX-License-Identifier: GPL-2.0-only */
/* General references: see page_ref.h; here is what is not on a hot path. */
#include "mm/page_ref.h"

bool page_release(struct page_info *pg)
{
	u64 old = __atomic_fetch_and(&pg->count, ~PGC_ALLOCATED, __ATOMIC_ACQ_REL);

	if (!(old & PGC_ALLOCATED)) {
		return false;
	}
	page_put(pg);
	return true;
}
