/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory floor on a fake machine whose memory has a second part above 4 GiB, so that both zones exist; two owners of frames. Every
 * test ends with all memory back. Definitions, not declarations: a test program includes it once.
 */
#ifndef LAMINA_TEST_TWO_ZONES_H
#define LAMINA_TEST_TWO_ZONES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "fake/machine.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
#include "mm/heap_blocks.h"
#include "mm/m2p.h"
#include "mm/mm.h"
#include "mm/owner.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define HIGH_FIRST (GIB(4) >> PAGE_SHIFT)
#define HIGH_PAGES 512
#define LOW_MAX    (HIGH_FIRST - 1)
#define ANYWHERE   (~0ULL)
#define FRAMES_MAX 16384

static struct page_owner owner, other;
static u64 free_at_start, low_pages;
/* Frames that take_all() holds. */
static u64 held[FRAMES_MAX];
static u32 held_count;

static int no_contents(struct page_info *pg, u64 type, bool preemptible)
{
	(void)pg, (void)type, (void)preemptible;
	return 0;
}
const struct page_type_ops page_type_ops = { .validate = no_contents, .devalidate = no_contents };

static bool is_filled_with(u64 mfn, u8 byte)
{
	const u8 *p = mfn_to_virt(MFN(mfn));

	return p[0] == byte && memcmp(p, p + 1, PAGE_SIZE - 1) == 0;
}

/* Takes every frame there is, high ones first; each must be clean. */
static void take_all(void)
{
	u64 mfn;

	held_count = 0;
	while ((mfn = heap_take_block(0, ANYWHERE, 0)) != 0) {
		assert_true(held_count < FRAMES_MAX);
		assert_true(is_filled_with(mfn, 0));
		assert_int_equal(mfn_to_page(MFN(mfn))->type, 0);
		assert_int_equal(mfn_to_page(MFN(mfn))->count, 0);
		held[held_count++] = mfn;
	}
}

static void give_all(void)
{
	while (held_count) {
		heap_give_block(held[--held_count], 0, false);
	}
}

static void drop(struct page_info *pg) { assert_true(page_release(pg)); }

static mfn_t owned(struct page_owner *o)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(o, 0, ANYWHERE, &mfn), 0);
	return mfn;
}

/* --- Set-up ------------------------------------------------------------------------------------------------------------------- */

/* Memory as fake_machine_init() makes it, with room for the part above 4 GiB. */
static void machine(void)
{
	size_t table_bytes = (HIGH_FIRST + HIGH_PAGES) * sizeof(struct page_info);
	static u64 high_m2p[HIGH_PAGES];
	u64 **m2p_parts;
	char *table;
	u64 i;

	fake_ram = mmap(NULL, (HIGH_FIRST + HIGH_PAGES) * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(fake_ram != MAP_FAILED);
	log_set_level(LOG_ERR);
	mm_init();
	low_pages = pages_free(false);
	/* The M2P's parts are the first thing that mm_init() allocates, at 1 MiB. */
	m2p_parts = mfn_to_virt(MFN(MIB(1) >> PAGE_SHIFT));
	assert_non_null(m2p_parts[0]);
	assert_null(m2p_parts[1]);
	m2p_parts[HIGH_FIRST / FRAMES_PER_SECTION] = high_m2p;
	table = mmap(NULL, table_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(table != MAP_FAILED);
	memcpy(table, fake_frame_table, FRAMES_PER_SECTION * sizeof(struct page_info));
	fake_frame_table = table;
	frame_table_end = HIGH_FIRST + HIGH_PAGES;
	for (i = FRAMES_PER_SECTION; i < HIGH_FIRST; i++) {
		mfn_to_page(MFN(i))->owner = OWNER_ID_IO;
	}
	for (i = HIGH_FIRST; i < HIGH_FIRST + HIGH_PAGES; i++) {
		mfn_to_page(MFN(i))->owner = OWNER_ID_NONE;
	}
	page_alloc_add(HIGH_FIRST, HIGH_PAGES);
	assert_int_equal(pages_free(false), low_pages + HIGH_PAGES);
	assert_int_equal(pages_total(), low_pages + HIGH_PAGES);
}

static int setup(void **state)
{
	(void)state;
	if (!fake_ram) {
		machine();
	}
	if (owner_find(1)) {
		return -1; /* a test before has failed and left it */
	}
	owner = (struct page_owner){ .id = DOMID(1), .max_pages = 1000 };
	other = (struct page_owner){ .id = DOMID(2), .max_pages = 1000 };
	assert_int_equal(owner_register(&owner), 0);
	assert_int_equal(owner_register(&other), 0);
	free_at_start = pages_free(false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(pages_free(false), free_at_start);
	assert_int_equal(pages_free(true), free_at_start);
	owner_unregister(&owner);
	owner_unregister(&other);
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
