/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory: a buddy allocator of frames, one heap of small objects on top of it, and the domains' frames.
 *
 * Every frame handed to a domain has been scrubbed. Claims promise memory to a domain in advance: unclaimed callers cannot take
 * it. All functions may be called from any processor, not from interrupt context.
 */
#ifndef LAMINA_MM_PAGE_ALLOC_H
#define LAMINA_MM_PAGE_ALLOC_H

#include "lib/types.h"
#include "mm/frame_table.h"

struct page_owner;

#define PAGE_ORDER_MAX 18

/* Hypervisor memory: 2^order frames, zeroed, direct-mapped; NULL when there is none. */
void *heap_alloc_pages(unsigned int order);
void heap_free_pages(void *p, unsigned int order);
/* Zeroed small objects up to one page; 16-byte aligned (64 from 64 bytes on). NULL when there is none. */
void *heap_alloc(size_t bytes);
void heap_free(void *p, size_t bytes);

/*
 * Gives @o 2^order frames, zeroed, machine-contiguous and aligned, below @max_mfn (~0ULL: anywhere), on its page list.
 * -ENOMEM when there is no memory, -ENOSPC when max_pages would be passed, -ESRCH when it is dying.
 */
int owner_pages_alloc(struct page_owner *o, unsigned int order, u64 max_mfn, mfn_t *ret) __must_check;

/*
 * A frame the hypervisor keeps and @o may map (shared info, grant table): zeroed, owner o, PGC_SPECIAL, with a permanent writable
 * type reference so that it never becomes a page table. @writable false: guests may only map it read-only.
 */
void *special_page_alloc(struct page_owner *o, bool writable);
/* Drops the hypervisor's hold; the frame is freed when the guest's mappings are gone too. */
void special_page_free(void *p);

/* The last reference of @pg is gone: takes it off its owner's list and frees it. For page_put() only. */
void owner_page_free(struct page_info *pg);
/*
 * Takes a frame away from @o if it holds the only reference (its own) and no type reference: afterwards the caller has it alone, until
 * owner_page_unsteal() gives it back or stolen_page_free() frees it. False: in use somehow.
 */
bool owner_page_steal(struct page_owner *o, struct page_info *pg) __must_check;
void owner_page_unsteal(struct page_owner *o, struct page_info *pg);
void stolen_page_free(struct page_info *pg);

/*
 * For owner_relinquish() only. Takes the first frame of the list away if nothing but its owner holds it: it is in no use and on no list
 * then, the caller's. NULL: it is held, or there is none.
 */
struct page_info *owner_page_take(struct page_owner *o);
/* Moves a frame from its owner's list to the retired list. For owner_relinquish() only. */
void owner_page_retire(struct page_owner *o, struct page_info *pg);
/* Boot: hands frames [first, first + count) to the allocator. */
void page_alloc_add(u64 first, u64 count);

/* Total and free frames of the machine; free excludes claims when @unclaimed. */
u64 pages_total(void);
u64 pages_free(bool unclaimed);
/* Promises @pages to @o beyond what it has (0 withdraws). -ENOMEM. */
int owner_claim(struct page_owner *o, u64 pages) __must_check;

#endif
