/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One struct page_info per machine frame: owner, references, type. 32 bytes.
 *
 * count  bit 63 PGC_ALLOCATED: the frame belongs to its owner (this holds one reference); bit 62 PGC_SPECIAL: allocated by the
 *        hypervisor for a domain to map (shared info, grant frames), not on the domain's page list; low 32 bits: references.
 * type   bits 60-63 the type, PGT_* flags below, low 32 bits: type references. The rules are in page_type.h.
 * owner  domain id while allocated to a domain, OWNER_ID_* for all others. It changes only while count is 0 or by the one holder
 *        of the only reference.
 *
 * Frames come in sections of FRAMES_PER_SECTION; a section that holds any RAM has its part of the table and of the M2P. All others below
 * the end of the table show the same read-only part of the table. Frames that are not RAM, and everything below 1 MiB, belong to
 * OWNER_ID_IO.
 */
#ifndef LAMINA_MM_FRAME_TABLE_H
#define LAMINA_MM_FRAME_TABLE_H

#include "lib/types.h"
#include "x86/layout.h"

#define OWNER_ID_IO   0x7ff1 /* not RAM, or firmware's */
#define OWNER_ID_NONE 0x7ff4 /* frames of the hypervisor */
#define OWNER_ID_FREE 0x7fff /* first frame of a block on a free list */

#define PGC_ALLOCATED  (1ULL << 63)
#define PGC_SPECIAL    (1ULL << 62)
#define PGC_RETIRED    (1ULL << 61)   /* on the owner's retired list */
#define PGC_COUNT_MASK 0xffffffffULL

#define PGT_SHIFT      60
#define PGT_NONE       (0ULL << PGT_SHIFT)
#define PGT_L1         (1ULL << PGT_SHIFT)
#define PGT_L2         (2ULL << PGT_SHIFT)
#define PGT_L3         (3ULL << PGT_SHIFT)
#define PGT_L4         (4ULL << PGT_SHIFT)
#define PGT_SEG_DESC   (5ULL << PGT_SHIFT)
#define PGT_WRITABLE   (6ULL << PGT_SHIFT)
#define PGT_TYPE_MASK  (15ULL << PGT_SHIFT)
#define PGT_PINNED     (1ULL << 59)
#define PGT_VALIDATED  (1ULL << 58)
#define PGT_PARTIAL    (1ULL << 57)
#define PGT_LOCKED     (1ULL << 56)
#define PGT_UNDOING    (1ULL << 55)   /* partial, on the way down */
#define PGT_FAILED     (1ULL << 54)   /* partial, on the way down because an entry was refused */
#define PGT_COUNT_MASK 0xffffffffULL

struct page_info {
	u64 count;
	u64 type;
	u32 next, prev;    /* the owner's page list, or a free list: frame numbers, 0 ends */
	u32 stamp;         /* TLB clock when the type count last fell to 0 */
	u16 owner;
	u16 progress;      /* entries done of an interrupted (in)validation while PGT_PARTIAL; order of a free block */
};

#define FRAMES_PER_SECTION 65536ULL   /* 2 MiB of frame table, 256 MiB of memory */
#define MAX_SECTIONS       65536      /* 16 TiB */

extern u64 frame_table_end; /* frames >= this have no page_info */

#ifndef FRAME_TABLE_BASE
#define FRAME_TABLE_BASE ((struct page_info *)FRAME_TABLE_VA)
#endif

static inline struct page_info *mfn_to_page(mfn_t mfn) { return FRAME_TABLE_BASE + mfn.v; }
static inline mfn_t page_to_mfn(const struct page_info *pg) { return MFN((u64)(pg - FRAME_TABLE_BASE)); }

/*
 * True if @mfn is RAM that the hypervisor manages: has a page_info and a direct mapping. @mfn may be anything: without a branch that could
 * be mispredicted, numbers beyond the table become frame 0, which is firmware's.
 */
static inline bool frame_is_ram(mfn_t mfn)
{
	return likely(mfn_to_page(MFN(index_nospec(mfn.v, frame_table_end)))->owner != OWNER_ID_IO);
}

/* mfn_to_page() for a frame number that may be anything; NULL if it is no RAM. */
static inline struct page_info *frame_lookup(mfn_t mfn)
{
	struct page_info *pg = mfn_to_page(MFN(index_nospec(mfn.v, frame_table_end)));

	return likely(pg->owner != OWNER_ID_IO) ? pg : NULL;
}

#endif
