/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of FIFO delivery, shared by delivery (evtchn_fifo.c) and set-up (evtchn_fifo_setup.c).
 *
 * The event words and control blocks are guest pages; each is held by a general and a writable type reference from the moment it is
 * published here until evtchn_fifo_free(). What they contain is hostile. Our own memory of the queues is their tails.
 */
#ifndef LAMINA_CORE_EVTCHN_FIFO_H
#define LAMINA_CORE_EVTCHN_FIFO_H

#include "lib/types.h"
#include "public/event_channel.h"
#include "x86/page.h"
#include "x86/spinlock.h"

#define FIFO_WORDS_PER_PAGE (PAGE_SIZE / sizeof(u32))
#define FIFO_PAGES_MAX      (EVTCHN_FIFO_NR_CHANNELS / FIFO_WORDS_PER_PAGE)

struct fifo_vcpu {
	struct evtchn_fifo_control_block *control; /* in the guest's page */
	u32 tail[EVTCHN_FIFO_MAX_QUEUES];          /* last port put on each queue; 0 none */
};

struct evtchn_fifo {
	spinlock_t lock;               /* tails, last_* and early of ports; innermost but for the scheduler's */
	u32 pages;                     /* array pages in use */
	u32 vcpu_count;
	u32 *words[FIFO_PAGES_MAX];    /* published by `pages` (release) */
	struct fifo_vcpu *vcpus[];     /* NULL: no control block yet */
};

/* The event word of @port; NULL while its page has not been given. Pairs with the release in evtchn_fifo_expand_array(). */
static inline u32 *fifo_word(const struct evtchn_fifo *f, u32 port)
{
	u32 page = port / FIFO_WORDS_PER_PAGE;
	u32 pages = __atomic_load_n(&f->pages, __ATOMIC_ACQUIRE);

	if (unlikely(page >= pages)) {
		return NULL;
	}
	return &f->words[index_nospec(page, pages)][port % FIFO_WORDS_PER_PAGE];
}

#endif
