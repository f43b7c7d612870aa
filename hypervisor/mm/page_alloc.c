/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buddy allocator: free frames in blocks of 2^order, one list per order and zone. Zones split at 4 GiB so that a request for low
 * memory searches low blocks only; requests that do not care take high memory first, and within a zone the highest end of a block,
 * which keeps low memory for devices.
 *
 * page_info of a free block's first frame: owner OWNER_ID_FREE, order in progress, list links. Every free frame keeps in `type` whether
 * it must be cleared and whether translations of it may linger (FREE_*), and in `stamp` since when. Clearing happens on the way out.
 *
 * Lock: heap_lock, a leaf; taken with interrupts enabled or not, never from interrupt handlers.
 */
#include "mm/page_alloc.h"

#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/heap_blocks.h"
#include "x86/page.h"
#include "x86/tlb.h"

#define FREE_DIRTY 1ULL   /* contents of a former owner */
#define FREE_STALE 2ULL   /* processors that have not flushed since `stamp` may still reach it */

#define LOW_ZONE_END (GIB(4) >> PAGE_SHIFT)
enum { ZONE_LOW, ZONE_HIGH, ZONES };

spinlock_t heap_lock;
static u32 free_head[ZONES][PAGE_ORDER_MAX + 1];
static u64 free_pages_count;
static u64 total_pages_count;
u64 heap_claimed_pages;

static int zone_of(u64 mfn)
{
	return mfn >= LOW_ZONE_END ? ZONE_HIGH : ZONE_LOW;
}

static struct page_info *frame(u64 mfn)
{
	return mfn_to_page(MFN(mfn));
}

static void block_link(u64 mfn, unsigned int order)
{
	u32 *head = &free_head[zone_of(mfn)][order];
	struct page_info *pg = frame(mfn);

	pg->owner = OWNER_ID_FREE;
	pg->progress = order;
	pg->prev = 0;
	pg->next = *head;
	if (*head) {
		frame(*head)->prev = mfn;
	}
	*head = mfn;
}

static void block_unlink(u64 mfn)
{
	struct page_info *pg = frame(mfn);

	if (pg->prev) {
		frame(pg->prev)->next = pg->next;
	} else {
		free_head[zone_of(mfn)][pg->progress] = pg->next;
	}
	if (pg->next) {
		frame(pg->next)->prev = pg->prev;
	}
	pg->owner = OWNER_ID_NONE;
	pg->next = 0;
	pg->prev = 0;
}

static bool block_is_free(u64 mfn, unsigned int order)
{
	return frame_is_ram(MFN(mfn)) && frame(mfn)->owner == OWNER_ID_FREE && frame(mfn)->progress == order;
}

/* heap_lock held. The frames' FREE_* flags are set. */
static void block_free(u64 mfn, unsigned int order)
{
	free_pages_count += 1ULL << order;
	while (order < PAGE_ORDER_MAX) {
		u64 buddy = mfn ^ (1ULL << order);

		if (!block_is_free(buddy, order)) {
			break;
		}
		block_unlink(buddy);
		mfn &= ~(1ULL << order);
		order++;
	}
	block_link(mfn, order);
}

/* Frame number of a block of @order or larger that has its wanted end below @max_mfn; 0 if none. Bounded search. */
static u64 find_block(int zone, unsigned int order, u64 max_mfn)
{
	unsigned int o, tries = 4096;

	for (o = order; o <= PAGE_ORDER_MAX; o++) {
		u32 mfn;

		for (mfn = free_head[zone][o]; mfn && tries; mfn = frame(mfn)->next, tries--) {
			if (mfn + (1ULL << order) - 1 <= max_mfn) {
				return mfn;
			}
		}
	}
	return 0;
}

/* heap_lock held. First frame of 2^order contiguous ones, 0 if there are none. */
static u64 block_alloc(unsigned int order, u64 max_mfn)
{
	u64 mfn = 0;
	unsigned int o;

	if (order > PAGE_ORDER_MAX) {
		return 0;
	}
	if (max_mfn >= LOW_ZONE_END) {
		mfn = find_block(ZONE_HIGH, order, max_mfn);
	}
	if (!mfn) {
		mfn = find_block(ZONE_LOW, order, max_mfn);
	}
	if (!mfn) {
		return 0;
	}
	o = frame(mfn)->progress;
	block_unlink(mfn);
	while (o > order) {
		u64 upper = mfn + (1ULL << --o);

		if (upper + (1ULL << order) - 1 <= max_mfn) {
			block_link(mfn, o);
			mfn = upper;
		} else {
			block_link(upper, o);
		}
	}
	free_pages_count -= 1ULL << order;
	return mfn;
}

/* Makes a block that has left the free lists fit for a new owner. Not under the lock. */
static void block_prepare(u64 mfn, unsigned int order)
{
	u64 i, count = 1ULL << order;
	u32 newest = 0, now = tlb_clock_now();
	bool stale = false;

	for (i = mfn; i < mfn + count; i++) {
		if (frame(i)->type & FREE_STALE) {
			newest = !stale || now - frame(i)->stamp < now - newest ? frame(i)->stamp : newest;
			stale = true;
		}
	}
	if (stale) {
		tlb_flush_all_since(newest);
	}
	for (i = mfn; i < mfn + count; i++) {
		if (frame(i)->type & FREE_DIRTY) {
			memset(mfn_to_virt(MFN(i)), 0, PAGE_SIZE);
		}
		frame(i)->type = 0;
		frame(i)->count = 0;
	}
}

u64 heap_take_block(unsigned int order, u64 max_mfn, u64 claim_used)
{
	u64 mfn = 0, need = 1ULL << order;

	spin_lock(&heap_lock);
	BUG_ON(claim_used > heap_claimed_pages);
	if (free_pages_count - (heap_claimed_pages - claim_used) >= need) {
		mfn = block_alloc(order, max_mfn);
		heap_claimed_pages -= mfn ? claim_used : 0;
	}
	spin_unlock(&heap_lock);
	if (mfn) {
		block_prepare(mfn, order);
	}
	return mfn;
}

void heap_give_block(u64 mfn, unsigned int order, bool stale)
{
	u32 now = stale ? tlb_clock_now() : 0;
	u64 i;

	for (i = mfn; i < mfn + (1ULL << order); i++) {
		frame(i)->owner = OWNER_ID_NONE;
		frame(i)->count = 0;
		frame(i)->type = FREE_DIRTY | (stale ? FREE_STALE : 0);
		frame(i)->stamp = now;
	}
	spin_lock(&heap_lock);
	block_free(mfn, order);
	spin_unlock(&heap_lock);
}

/* As the largest blocks that they make. */
static void give_frames(u64 first, u64 count, bool stale)
{
	while (count) {
		unsigned int order = MIN((unsigned int)__builtin_ctzll(first), (unsigned int)PAGE_ORDER_MAX);

		while ((1ULL << order) > count) {
			order--;
		}
		heap_give_block(first, order, stale);
		first += 1ULL << order;
		count -= 1ULL << order;
	}
}

void heap_give_frames(u64 first, u64 count) { give_frames(first, count, true); }

void page_alloc_add(u64 first, u64 count)
{
	total_pages_count += count;
	give_frames(first, count, false);
}

void *heap_alloc_pages(unsigned int order)
{
	u64 mfn = heap_take_block(order, ~0ULL, 0);

	return mfn ? mfn_to_virt(MFN(mfn)) : NULL;
}

void heap_free_pages(void *p, unsigned int order)
{
	if (p) {
		heap_give_block(virt_to_mfn(p).v, order, false);
	}
}

u64 pages_total(void)
{
	return total_pages_count;
}

u64 pages_free(bool unclaimed)
{
	return READ_ONCE(free_pages_count) - (unclaimed ? READ_ONCE(heap_claimed_pages) : 0);
}
