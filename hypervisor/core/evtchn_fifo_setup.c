/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FIFO set-up and tear-down: control blocks (one per vCPU, set once), pages of event words (added one by one), and the move of a
 * domain from two-level delivery.
 *
 * References on the guest's frames are taken before anything is published and dropped after nobody can reach the state any more,
 * that is: in evtchn_reset() and tear-down, when no port is open. An event raised while its word or its vCPU's control block does
 * not exist is marked `early` in the port and raised again here.
 */
#include "core/evtchn.h"
#include "core/evtchn_fifo.h"
#include "core/evtchn_port.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"

#define OP_INIT   "EVTCHNOP_init_control"
#define OP_EXPAND "EVTCHNOP_expand_array"

void *evtchn_page_hold(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);

	if (!pg) {
		return NULL;
	}
	if (page_get_type(pg, PGT_WRITABLE, false)) {
		page_put(pg);
		return NULL;
	}
	return mfn_to_virt(mfn);
}

void evtchn_page_release(const void *p)
{
	page_put_and_type(mfn_to_page(virt_to_mfn(p)));
}

static size_t fifo_bytes(u32 vcpus)
{
	return sizeof(struct evtchn_fifo) + vcpus * sizeof(struct fifo_vcpu *);
}

static struct evtchn_fifo *fifo_alloc(u32 vcpus)
{
	struct evtchn_fifo *f = heap_alloc(fifo_bytes(vcpus));

	if (f) {
		f->lock = SPINLOCK_INIT;
		f->vcpu_count = vcpus;
	}
	return f;
}

void evtchn_fifo_free(struct domain *d, struct evtchn_fifo *f)
{
	u32 i;

	if (!f) {
		return;
	}
	BUG_ON(d->ev.fifo == f);
	for (i = 0; i < f->pages; i++) {
		evtchn_page_release(f->words[i]);
	}
	for (i = 0; i < f->vcpu_count; i++) {
		if (f->vcpus[i]) {
			evtchn_page_release(f->vcpus[i]->control);
			heap_free(f->vcpus[i], sizeof(*f->vcpus[i]));
		}
	}
	heap_free(f, fifo_bytes(f->vcpu_count));
}

/* True if @chn waits for a page that exists now; the mark is taken off. */
static bool take_early(struct evtchn_fifo *f, struct evtchn *chn)
{
	bool early;

	spin_lock(&f->lock);
	early = chn->early && fifo_word(f, chn->port);
	if (early) {
		chn->early = 0;
	}
	spin_unlock(&f->lock);
	return early;
}

/* Raises what was raised too early among ports [@from, @to); the lock is dropped now and then. */
static void raise_early(struct domain *d, u32 from, u32 to)
{
	while (from < to) {
		u64 flags = spin_lock_irqsave(&d->ev.lock);
		u32 end = MIN(MIN(to, d->ev.made), from + EVTCHN_PER_BUCKET);
		u32 port = from;

		for (; port < end; port++) {
			struct evtchn *chn = evtchn_lookup(d, port);

			if (chn && d->ev.fifo && take_early(d->ev.fifo, chn)) {
				evtchn_raise(d, chn);
			}
		}
		to = MIN(to, d->ev.made);
		spin_unlock_irqrestore(&d->ev.lock, flags);
		from += EVTCHN_PER_BUCKET;
	}
}

/* What was pending in the two-level bitmap is pending in the queues. Lock held, d->ev.fifo published. */
static void take_over_bitmap(struct domain *d)
{
	u32 word;

	for (word = 0; word < ARRAY_SIZE(d->shared_info->evtchn_pending); word++) {
		u64 bits = __atomic_exchange_n(&d->shared_info->evtchn_pending[word], 0, __ATOMIC_SEQ_CST);

		while (bits) {
			struct evtchn *chn = evtchn_lookup_open(d, word * 64 + (u32)__builtin_ctzll(bits));

			bits &= bits - 1;
			if (chn) {
				evtchn_raise(d, chn);
			}
		}
	}
}

/* Publishes @q, and *@fresh if the domain has no FIFO state yet. Lock held. */
static int install_control(struct domain *d, u32 vcpu, struct fifo_vcpu *q, struct evtchn_fifo **fresh)
{
	struct evtchn_fifo *f = d->ev.fifo;

	if (domain_is_dying(d)) {
		return -ESRCH;
	}
	if (f && f->vcpus[vcpu]) {
		return -EINVAL;
	}
	if (!f) {
		f = *fresh;
		*fresh = NULL;
		f->vcpus[vcpu] = q;
		/* Pairs with evtchn_fifo_of(); the full barrier with the bitmap look of evtchn_raise(). */
		__atomic_store_n(&d->ev.fifo, f, __ATOMIC_SEQ_CST);
		smp_mb();
		take_over_bitmap(d);
		return 0;
	}
	spin_lock(&f->lock);
	f->vcpus[vcpu] = q;
	spin_unlock(&f->lock);
	return 0;
}

int evtchn_fifo_init_control(struct domain *d, u32 vcpu, mfn_t mfn, u32 offset)
{
	struct evtchn_fifo *fresh = NULL;
	struct fifo_vcpu *q;
	u64 flags;
	void *page;
	int err;

	if (!domain_vcpu(d, vcpu)) {
		return refuse(d, -ENOENT, OP_INIT, "no such vCPU", vcpu, 0);
	}
	if ((offset & 7) || offset > PAGE_SIZE - sizeof(struct evtchn_fifo_control_block)) {
		return refuse(d, -EINVAL, OP_INIT, "offset is misaligned or leaves the page", vcpu, offset);
	}
	page = evtchn_page_hold(d, mfn);
	if (!page) {
		return refuse(d, -EINVAL, OP_INIT, "frame is not the domain's or cannot be written", vcpu, mfn.v);
	}
	q = heap_alloc(sizeof(*q));
	fresh = fifo_alloc(d->vcpu_count);
	err = -ENOMEM;
	if (q && fresh) {
		q->control = (struct evtchn_fifo_control_block *)((char *)page + offset);
		flags = spin_lock_irqsave(&d->ev.lock);
		err = install_control(d, vcpu, q, &fresh);
		spin_unlock_irqrestore(&d->ev.lock, flags);
	}
	if (fresh) {
		heap_free(fresh, fifo_bytes(d->vcpu_count));
	}
	if (err) {
		if (q) {
			heap_free(q, sizeof(*q));
		}
		evtchn_page_release(page);
		return refuse(d, err, OP_INIT, "control block is set, or no memory", vcpu, mfn.v);
	}
	raise_early(d, 1, EVTCHN_PORTS_MAX);
	return 0;
}

static int install_page(struct domain *d, u32 *words, u32 *index)
{
	struct evtchn_fifo *f = d->ev.fifo;

	if (domain_is_dying(d)) {
		return -ESRCH;
	}
	if (!f) {
		return -EOPNOTSUPP;
	}
	if (f->pages >= FIFO_PAGES_MAX || f->pages * FIFO_WORDS_PER_PAGE >= d->ev.max_ports) {
		return -ENOSPC;
	}
	spin_lock(&f->lock);
	*index = f->pages;
	f->words[f->pages] = words;
	/* Pairs with the acquire in fifo_word(). */
	__atomic_store_n(&f->pages, f->pages + 1, __ATOMIC_RELEASE);
	spin_unlock(&f->lock);
	return 0;
}

int evtchn_fifo_expand_array(struct domain *d, mfn_t mfn)
{
	u32 index = 0;
	void *page;
	u64 flags;
	int err;

	page = evtchn_page_hold(d, mfn);
	if (!page) {
		return refuse(d, -EINVAL, OP_EXPAND, "frame is not the domain's or cannot be written", mfn.v, 0);
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	err = install_page(d, page, &index);
	spin_unlock_irqrestore(&d->ev.lock, flags);
	if (err) {
		evtchn_page_release(page);
		return refuse(d, err, OP_EXPAND, "no FIFO delivery, or the array is complete", mfn.v, 0);
	}
	raise_early(d, index * FIFO_WORDS_PER_PAGE, (index + 1) * FIFO_WORDS_PER_PAGE);
	return 0;
}
