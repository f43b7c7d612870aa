// SPDX-License-Identifier: GPL-2.0-only
/*
 * One batch for the whole process: pages that packets lie in on their way, and the copies between
 * them and the guest's, made by one call. Pages that were never used cost no memory.
 */
#include "drivers/net/netd.h"

struct net_batch net_batch;
uint8_t net_pages[NET_BATCH_PAGES][BACK_PAGE_BYTES] __attribute__((aligned(BACK_PAGE_BYTES)));

void net_batch_begin(void)
{
	net_batch.copy_count = 0;
	net_batch.page_count = 0;
	net_batch.packet_count = 0;
}

bool net_batch_copy(struct net_device *device)
{
	return net_batch.copy_count == 0 ||
	       gntdev_copy(&device->base.daemon->gntdev, net_batch.copies,
			   net_batch.copy_count) == 0;
}

bool net_batch_is_copied(uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = first; i < first + count; i++) {
		if (net_batch.copies[i].status != 0) {
			return false;
		}
	}
	return true;
}
