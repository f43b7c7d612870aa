/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FIFO delivery: one word per port in guest pages, sixteen queues per vCPU linked through the words.
 *
 * We add at a queue's end, the guest takes from its head. An event that is raised becomes PENDING; unless it is MASKED or on a
 * queue already (LINKED) it is appended: by changing the LINK of the port that we remember as the queue's tail, if the guest has
 * not taken that one off yet, else by writing the head. No list is ever walked, and every loop over a word that the guest may
 * be changing is bounded: a guest that fights for a word loses its event, we lose a few cycles.
 *
 * Sources: facts about the guest side, where LINKED is cleared by the consumer and BUSY makes the unmasker wait.
 */
#include "core/evtchn_fifo.h"
#include "core/evtchn_port.h"
#include "lib/errno.h"

#define PENDING  (1u << EVTCHN_FIFO_PENDING)
#define MASKED   (1u << EVTCHN_FIFO_MASKED)
#define LINKED   (1u << EVTCHN_FIFO_LINKED)
#define BUSY     (1u << EVTCHN_FIFO_BUSY)
#define LINK     ((u32)EVTCHN_FIFO_LINK_MASK)

#define TRIES_FREE 4   /* compare-exchanges before asking the guest to wait */
#define TRIES_BUSY 64  /* more of them before giving up */

static u32 word_or(u32 *word, u32 bits) { return __atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST); }
static u32 word_and(u32 *word, u32 bits) { return __atomic_fetch_and(word, bits, __ATOMIC_SEQ_CST); }

/* Replaces LINK of a word that is on a queue, taking @drop along. False: the guest took it off, or too many tries. */
static bool set_link(u32 *word, u32 port, u32 drop, int tries)
{
	u32 old = READ_ONCE(*word);

	while (tries-- > 0 && (old & LINKED)) {
		u32 desired = (old & ~(LINK | drop)) | port;

		if (__atomic_compare_exchange_n(word, &old, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			return true;
		}
	}
	return false;
}

/* Makes @port the successor of the port at @tail. False if that has left its queue. */
static bool append(u32 *tail, u32 port)
{
	if (likely(set_link(tail, port, 0, TRIES_FREE))) {
		return true;
	}
	if (!(READ_ONCE(*tail) & LINKED)) {
		return false;
	}
	word_or(tail, BUSY);
	if (set_link(tail, port, BUSY, TRIES_BUSY)) {
		return true;
	}
	word_and(tail, ~BUSY);
	return false;
}

/* If @port ends the queue it was last on, that queue is empty now: its tail may not be appended to any more. FIFO lock held. */
static void leave_last_queue(struct evtchn_fifo *f, const struct evtchn *chn)
{
	struct fifo_vcpu *last = chn->last_vcpu < f->vcpu_count ? f->vcpus[chn->last_vcpu] : NULL;

	if (last && last->tail[chn->last_priority] == chn->port) {
		last->tail[chn->last_priority] = 0;
	}
}

/* Puts an unmasked, pending port on its queue. */
static void enqueue(struct domain *d, struct evtchn_fifo *f, struct evtchn *chn, u32 *word)
{
	u32 priority = READ_ONCE(chn->priority);
	u16 id = READ_ONCE(chn->vcpu);
	struct fifo_vcpu *q;
	u32 *tail;
	bool appended;

	spin_lock(&f->lock);
	q = f->vcpus[id];
	if (unlikely(!q)) {
		/* The vCPU has no control block yet; evtchn_fifo_init_control() raises what is pending when it gets one. */
		chn->early = 1;
		spin_unlock(&f->lock);
		return;
	}
	if (word_or(word, LINKED) & LINKED) {
		spin_unlock(&f->lock);
		return;
	}
	leave_last_queue(f, chn);
	chn->last_vcpu = id;
	chn->last_priority = priority;
	tail = q->tail[priority] ? fifo_word(f, q->tail[priority]) : NULL;
	appended = tail && append(tail, chn->port);
	if (!appended) {
		WRITE_ONCE(q->control->head[priority], chn->port);
	}
	q->tail[priority] = chn->port;
	spin_unlock(&f->lock);
	/* The locked OR orders the head before the bit that makes the guest look. */
	if (!appended && !(word_or(&q->control->ready, 1u << priority) & (1u << priority))) {
		vcpu_mark_events_pending(d->vcpus[id]);
	}
}

/* Remembers an event whose word does not exist, unless the page arrives meanwhile. True: remembered. */
static __attribute__((noinline)) bool remember_early(struct evtchn_fifo *f, struct evtchn *chn, bool *news)
{
	bool early;

	spin_lock(&f->lock);
	early = !fifo_word(f, chn->port);
	if (early) {
		*news = !chn->early;
		chn->early = 1;
	}
	spin_unlock(&f->lock);
	return early;
}

bool evtchn_fifo_raise(struct domain *d, struct evtchn_fifo *f, struct evtchn *chn)
{
	u32 *word = fifo_word(f, chn->port);
	bool news = false;
	u32 old;

	if (unlikely(!word)) {
		if (remember_early(f, chn, &news)) {
			return news;
		}
		word = fifo_word(f, chn->port);
	}
	old = word_or(word, PENDING);
	if (!(old & (MASKED | LINKED))) {
		enqueue(d, f, chn, word);
	}
	return !(old & PENDING);
}

void evtchn_fifo_forget(struct evtchn_fifo *f, struct evtchn *chn)
{
	u32 *word;

	spin_lock(&f->lock);
	chn->early = 0;
	word = fifo_word(f, chn->port);
	spin_unlock(&f->lock);
	/* LINKED stays as it is: the guest may still come across the word on a queue, and skips what is not pending. */
	if (word) {
		word_and(word, ~PENDING);
	}
}

bool evtchn_fifo_pending(struct evtchn_fifo *f, const struct evtchn *chn)
{
	const u32 *word = fifo_word(f, chn->port);

	return word ? READ_ONCE(*word) & PENDING : chn->early;
}

bool evtchn_fifo_masked(struct evtchn_fifo *f, const struct evtchn *chn)
{
	const u32 *word = fifo_word(f, chn->port);

	return word && (READ_ONCE(*word) & MASKED);
}

bool evtchn_fifo_take(struct evtchn_fifo *f, const struct evtchn *chn)
{
	u32 *word = fifo_word(f, chn->port);
	u32 old = word ? READ_ONCE(*word) : 0;

	/* Once: a guest that changes the word meanwhile finds its event where it was. */
	return (old & (PENDING | MASKED | LINKED)) == (PENDING | MASKED) &&
	       __atomic_compare_exchange_n(word, &old, old & ~PENDING, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void evtchn_fifo_unmask(struct domain *d, struct evtchn_fifo *f, struct evtchn *chn)
{
	u32 *word = fifo_word(f, chn->port);

	if (word && (word_and(word, ~MASKED) & PENDING)) {
		if (!(READ_ONCE(*word) & LINKED)) {
			enqueue(d, f, chn, word);
		}
	}
}
