/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small objects: size classes carved out of single frames.
 *
 * A frame in use by a class keeps its state in its page_info: free objects in `progress`, the first free one (as offset / 16 + 1, 0 for
 * none) in `stamp`, list links of the class's partly used frames. A free object's first word holds the next free one's offset. A frame
 * whose objects are all free goes back at once, so that memory returns to what it was.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "x86/page.h"
#include "x86/spinlock.h"

static const u16 class_bytes[] = { 32, 64, 128, 192, 256, 448, 640, 1024, 1344, 2048 };
#define CLASSES ARRAY_SIZE(class_bytes)

static u32 partial_head[CLASSES];
static spinlock_t lock;

static int class_of(size_t bytes)
{
	unsigned int c;

	for (c = 0; c < CLASSES; c++) {
		if (bytes <= class_bytes[c]) {
			return c;
		}
	}
	return -1;
}

static void partial_link(int c, struct page_info *pg)
{
	pg->prev = 0;
	pg->next = partial_head[c];
	if (pg->next) {
		mfn_to_page(MFN(pg->next))->prev = page_to_mfn(pg).v;
	}
	partial_head[c] = page_to_mfn(pg).v;
}

static void partial_unlink(int c, struct page_info *pg)
{
	if (pg->prev) {
		mfn_to_page(MFN(pg->prev))->next = pg->next;
	} else {
		partial_head[c] = pg->next;
	}
	if (pg->next) {
		mfn_to_page(MFN(pg->next))->prev = pg->prev;
	}
}

static u32 objects_per_page(int c)
{
	return PAGE_SIZE / class_bytes[c];
}

/* Makes a fresh frame one of class @c: all objects free, in a chain. */
static void page_carve(int c, char *page)
{
	struct page_info *pg = mfn_to_page(virt_to_mfn(page));
	u32 i, n = objects_per_page(c);

	for (i = 0; i < n; i++) {
		*(u32 *)(page + i * class_bytes[c]) = i + 1 < n ? (i + 1) * class_bytes[c] / 16 + 1 : 0;
	}
	pg->progress = n;
	pg->stamp = 1;
}

/* Takes an object of a partly used frame; lock held. NULL if the class has none. */
static void *take(int c)
{
	struct page_info *pg;
	char *obj;

	if (!partial_head[c]) {
		return NULL;
	}
	pg = mfn_to_page(MFN(partial_head[c]));
	obj = (char *)mfn_to_virt(page_to_mfn(pg)) + (pg->stamp - 1) * 16;
	pg->stamp = *(u32 *)obj;
	if (--pg->progress == 0) {
		partial_unlink(c, pg);
	}
	return obj;
}

void *heap_alloc(size_t bytes)
{
	int c = class_of(bytes);
	void *obj;
	char *page;

	if (c < 0) {
		return bytes <= PAGE_SIZE ? heap_alloc_pages(0) : NULL;
	}
	spin_lock(&lock);
	obj = take(c);
	spin_unlock(&lock);
	if (!obj) {
		page = heap_alloc_pages(0);
		if (!page) {
			return NULL;
		}
		page_carve(c, page);
		spin_lock(&lock);
		partial_link(c, mfn_to_page(virt_to_mfn(page)));
		obj = take(c);
		spin_unlock(&lock);
	}
	memset(obj, 0, class_bytes[c]);
	return obj;
}

void heap_free(void *p, size_t bytes)
{
	int c = class_of(bytes);
	struct page_info *pg;
	bool empty;

	if (!p) {
		return;
	}
	if (c < 0) {
		heap_free_pages(p, 0);
		return;
	}
	pg = mfn_to_page(virt_to_mfn(p));
	spin_lock(&lock);
	*(u32 *)p = pg->stamp;
	pg->stamp = ((u64)p & (PAGE_SIZE - 1)) / 16 + 1;
	if (pg->progress++ == 0) {
		partial_link(c, pg);
	}
	empty = pg->progress == objects_per_page(c);
	if (empty) {
		partial_unlink(c, pg);
	}
	spin_unlock(&lock);
	if (empty) {
		heap_free_pages((void *)((u64)p & PAGE_MASK), 0);
	}
}
