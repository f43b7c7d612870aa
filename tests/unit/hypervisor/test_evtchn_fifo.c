// SPDX-License-Identifier: GPL-2.0-only
/*
 * FIFO delivery against a small guest that takes events off its queues as a kernel does, and against one that writes anything into
 * its words. Invariants V2 and V4.
 */
#include "world.h"

#include "public/event_channel.h"

#define PENDING (1u << EVTCHN_FIFO_PENDING)
#define MASKED  (1u << EVTCHN_FIFO_MASKED)
#define LINKED  (1u << EVTCHN_FIFO_LINKED)
#define BUSY    (1u << EVTCHN_FIFO_BUSY)
#define LINK    ((u32)EVTCHN_FIFO_LINK_MASK)

struct guest {
	struct domain *d;
	mfn_t control_mfn[4], words_mfn[4];
	struct evtchn_fifo_control_block *control[4];
	u32 pages;
	u32 head[4][EVTCHN_FIFO_MAX_QUEUES];
	u32 log[4096], logged;    /* ports in the order they were handled */
};

static u32 *word(struct guest *g, u32 port) { return (u32 *)mfn_to_virt(g->words_mfn[port / 1024]) + port % 1024; }

static void control(struct guest *g, u32 vcpu)
{
	g->control_mfn[vcpu] = world_page(g->d);
	g->control[vcpu] = mfn_to_virt(g->control_mfn[vcpu]);
	assert_int_equal(evtchn_fifo_init_control(g->d, vcpu, g->control_mfn[vcpu], 0), 0);
}

static void expand(struct guest *g, u32 initial)
{
	u32 i;

	g->words_mfn[g->pages] = world_page(g->d);
	for (i = 0; i < 1024; i++) {
		((u32 *)mfn_to_virt(g->words_mfn[g->pages]))[i] = initial;
	}
	g->pages++;
	assert_int_equal(evtchn_fifo_expand_array(g->d, g->words_mfn[g->pages - 1]), 0);
}

static struct guest *guest(u16 id, u32 vcpus, u32 ports)
{
	struct guest *g = calloc(1, sizeof(*g));
	u32 i;

	g->d = world_domain(id, vcpus, ports);
	for (i = 0; i < vcpus; i++) {
		control(g, i);
	}
	return g;
}

static void guest_end(struct guest *g)
{
	world_end(g->d);
	free(g);
}

static evtchn_port_t ipi(struct guest *g, u32 vcpu)
{
	evtchn_port_t port;

	assert_int_equal(evtchn_reserve_ipi(g->d, vcpu, &port), 0);
	evtchn_commit(g->d, port);
	return port;
}

/* Takes one event off queue @q; the rest of the queue is remembered. */
static void consume_one(struct guest *g, u32 vcpu, u32 q, u32 *ready)
{
	u32 head = g->head[vcpu][q], port, w;

	if (!head) {
		head = g->control[vcpu]->head[q];
	}
	port = head;
	assert_true(port && port < g->pages * 1024);
	w = *word(g, port);
	*word(g, port) = w & ~(LINKED | LINK);
	head = w & LINK;
	if (!head) {
		*ready &= ~(1u << q);
	}
	if ((*word(g, port) & (PENDING | MASKED)) == PENDING) {
		*word(g, port) &= ~PENDING;
		assert_true(g->logged < ARRAY_SIZE(g->log));
		g->log[g->logged++] = port;
	}
	g->head[vcpu][q] = head;
}

static void run(struct guest *g, u32 vcpu)
{
	struct vcpu_info *info = g->d->vcpus[vcpu]->info;
	u32 ready;

	g->logged = 0;
	while (info->evtchn_upcall_pending) {
		info->evtchn_upcall_pending = 0;
		ready = g->control[vcpu]->ready;
		g->control[vcpu]->ready = 0;
		while (ready) {
			consume_one(g, vcpu, __builtin_ctz(ready), &ready);
			ready |= g->control[vcpu]->ready;
			g->control[vcpu]->ready = 0;
		}
	}
}

static void test_order_and_priority(void **state)
{
	struct guest *g = guest(1, 1, 4096);
	evtchn_port_t p[10];
	u32 i;

	(void)state;
	expand(g, 0);
	for (i = 0; i < 10; i++) {
		p[i] = ipi(g, 0);
	}
	assert_int_equal(evtchn_set_priority(g->d, p[9], 0), 0);
	assert_int_equal(evtchn_set_priority(g->d, p[8], 15), 0);
	assert_int_equal(evtchn_set_priority(g->d, p[8], 16), -EINVAL);
	for (i = 10; i-- > 0;) {
		assert_int_equal(evtchn_send(g->d, p[i]), 0);
		assert_int_equal(evtchn_send(g->d, p[i]), 0);
		assert_true(evtchn_port_pending(g->d, p[i]));
	}
	run(g, 0);
	assert_int_equal(g->logged, 10);
	assert_int_equal(g->log[0], p[9].v);
	for (i = 0; i < 8; i++) {
		assert_int_equal(g->log[1 + i], p[7 - i].v);
	}
	assert_int_equal(g->log[9], p[8].v);
	assert_false(evtchn_port_pending(g->d, p[0]));
	guest_end(g);
}

/* Random sends and consumption: nothing is lost, nothing comes twice. */
static void test_no_event_is_lost(void **state)
{
	struct guest *g = guest(1, 2, 4096);
	bool raised[65] = { false };
	u32 round, i, k;

	(void)state;
	expand(g, 0);
	for (i = 0; i < 64; i++) {
		assert_int_equal(ipi(g, i & 1).v, i + 1);
	}
	srand(1);
	for (round = 0; round < 3000; round++) {
		for (k = rand() % 8; k > 0; k--) {
			i = 1 + rand() % 64;
			assert_int_equal(evtchn_set_priority(g->d, PORT(i), rand() % 16), 0);
			assert_int_equal(evtchn_send(g->d, PORT(i)), 0);
			raised[i] = true;
		}
		if (rand() % 3 == 0) {
			u32 vcpu = rand() & 1;

			run(g, vcpu);
			for (i = 0; i < g->logged; i++) {
				assert_true(raised[g->log[i]]);
				raised[g->log[i]] = false;
			}
			for (i = 1; i <= 64; i++) {
				assert_true(!raised[i] || ((i - 1) & 1) != vcpu);
			}
		}
	}
	guest_end(g);
}

static void test_mask(void **state)
{
	struct guest *g = guest(1, 1, 4096);
	evtchn_port_t p = ipi(g, 0);

	(void)state;
	expand(g, MASKED);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_int_equal(*word(g, p.v), PENDING | MASKED);
	assert_int_equal(g->d->vcpus[0]->info->evtchn_upcall_pending, 0);
	assert_int_equal(evtchn_unmask(g->d, p), 0);
	run(g, 0);
	assert_int_equal(g->logged, 1);
	/* Unmasking without anything pending is silent; a linked one is not linked twice. */
	assert_int_equal(evtchn_unmask(g->d, p), 0);
	assert_int_equal(g->d->vcpus[0]->info->evtchn_upcall_pending, 0);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_int_equal(evtchn_unmask(g->d, p), 0);
	run(g, 0);
	assert_int_equal(g->logged, 1);
	guest_end(g);
}

/* What a back end's wait takes: events of masked ports that no queue holds, and no others. */
static void test_take(void **state)
{
	struct guest *g = guest(1, 1, 4096);
	evtchn_port_t p;

	(void)state;
	expand(g, 0);
	p = ipi(g, 0);
	*word(g, p.v) |= MASKED;
	assert_false(evtchn_port_take(g->d, p));
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_true(evtchn_port_take(g->d, p));
	assert_false(evtchn_port_take(g->d, p));
	assert_int_equal(*word(g, p.v) & (PENDING | MASKED), MASKED);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_true(evtchn_port_take(g->d, p));
	/* Masked once it was on a queue: the guest comes across it there. */
	assert_int_equal(evtchn_unmask(g->d, p), 0);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_false(evtchn_port_take(g->d, p));
	*word(g, p.v) |= MASKED;
	assert_false(evtchn_port_take(g->d, p));
	assert_true(*word(g, p.v) & PENDING);
	assert_false(evtchn_port_take(g->d, PORT(0)));
	assert_false(evtchn_port_take(g->d, PORT(4095)));
	guest_end(g);
}

static void test_move_between_vcpus(void **state)
{
	struct guest *g = guest(1, 2, 4096);
	struct domain *peer = world_domain(2, 1, 64);
	evtchn_port_t theirs, p;

	(void)state;
	expand(g, 0);
	assert_int_equal(evtchn_reserve_unbound(peer, g->d->id, &theirs), 0);
	evtchn_commit(peer, theirs);
	assert_int_equal(evtchn_reserve_interdomain(g->d, peer, theirs, &p), 0);
	evtchn_commit(g->d, p);
	/* On vCPU 0's queue; it stays there although the port moves. */
	assert_int_equal(evtchn_bind_vcpu(g->d, p, 1), 0);
	assert_int_equal(evtchn_send(peer, theirs), 0);
	run(g, 1);
	assert_int_equal(g->logged, 0);
	run(g, 0);
	assert_int_equal(g->logged, 1);
	assert_int_equal(evtchn_send(peer, theirs), 0);
	run(g, 0);
	assert_int_equal(g->logged, 0);
	run(g, 1);
	assert_int_equal(g->logged, 1);
	guest_end(g);
	world_end(peer);
}

/* Events raised in the bitmap, before the word page, and before the vCPU's control block. */
static void test_early_events(void **state)
{
	struct guest *g = calloc(1, sizeof(*g));
	evtchn_port_t a, b, c;

	(void)state;
	g->d = world_domain(1, 2, 4096);
	a = ipi(g, 0);
	b = ipi(g, 0);
	c = ipi(g, 1);
	g->d->shared_info->evtchn_mask[0] = ~0ULL;
	assert_int_equal(evtchn_send(g->d, a), 0);
	control(g, 0);
	assert_int_equal(evtchn_send(g->d, b), 0);
	assert_int_equal(evtchn_send(g->d, b), 0);
	assert_true(evtchn_port_pending(g->d, a));
	assert_true(evtchn_port_pending(g->d, b));
	assert_int_equal(evtchn_send(g->d, c), 0);
	expand(g, 0);
	run(g, 0);
	assert_int_equal(g->logged, 2);
	control(g, 1);
	run(g, 1);
	assert_int_equal(g->logged, 1);
	assert_int_equal(g->log[0], c.v);
	guest_end(g);
}

static void test_set_up_refusals(void **state)
{
	struct guest *g = guest(1, 1, 2048);
	struct domain *other = world_domain(2, 1, 64);
	mfn_t page = world_page(g->d), theirs = world_page(other), table = world_page(g->d);
	struct page_info *pg = mfn_to_page(table);

	(void)state;
	assert_int_equal(evtchn_fifo_init_control(g->d, 0, page, 0), -EINVAL);
	assert_int_equal(evtchn_fifo_init_control(g->d, 1, page, 0), -ENOENT);
	assert_int_equal(evtchn_fifo_init_control(g->d, 0xffffffff, page, 0), -ENOENT);
	assert_int_equal(evtchn_fifo_init_control(other, 0, page, 0), -EINVAL);
	assert_int_equal(evtchn_fifo_init_control(other, 0, MFN(~0ULL), 0), -EINVAL);
	assert_int_equal(evtchn_fifo_init_control(other, 0, theirs, 4), -EINVAL);
	assert_int_equal(evtchn_fifo_init_control(other, 0, theirs, 4096 - 64), -EINVAL);
	assert_int_equal(evtchn_fifo_init_control(other, 0, theirs, 0xfffffff8), -EINVAL);
	assert_int_equal(evtchn_fifo_expand_array(other, theirs), -EOPNOTSUPP);
	assert_int_equal(evtchn_set_priority(other, PORT(1), 3), -EINVAL);
	assert_true(world_page_unused(theirs));
	assert_int_equal(evtchn_fifo_init_control(other, 0, theirs, 4096 - 72), 0);
	/* A page table is no place for event words. */
	assert_true(page_get(pg, &g->d->mem));
	assert_int_equal(page_get_type(pg, PGT_L1, false), 0);
	assert_int_equal(evtchn_fifo_expand_array(g->d, table), -EINVAL);
	assert_int_equal(evtchn_fifo_expand_array(g->d, theirs), -EINVAL);
	page_put_and_type(pg);
	/* 2048 ports: two pages. */
	expand(g, 0);
	expand(g, 0);
	assert_int_equal(evtchn_fifo_expand_array(g->d, page), -ENOSPC);
	assert_true(world_page_unused(page));
	guest_end(g);
	world_end(other);
}

static void test_reset_gives_frames_back(void **state)
{
	struct guest *g = guest(1, 1, 8192);
	evtchn_port_t p;
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		expand(g, 0);
	}
	for (i = 0; i < 4090; i++) {
		p = ipi(g, 0);
	}
	assert_false(world_page_unused(g->control_mfn[0]));
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_int_equal(evtchn_reset(g->d), 0);
	assert_true(world_page_unused(g->control_mfn[0]));
	assert_true(world_page_unused(g->words_mfn[3]));
	/* Two-level delivery again, then FIFO once more. */
	p = ipi(g, 0);
	assert_int_equal(p.v, 1);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_int_equal(g->d->shared_info->evtchn_pending[0], 2);
	control(g, 0);
	g->pages = 0;
	expand(g, 0);
	assert_true(evtchn_port_pending(g->d, p));
	guest_end(g);
}

static void test_close_and_reuse(void **state)
{
	struct guest *g = guest(1, 1, 4096);
	evtchn_port_t p, q;

	(void)state;
	expand(g, 0);
	p = ipi(g, 0);
	q = ipi(g, 0);
	assert_int_equal(evtchn_send(g->d, p), 0);
	assert_int_equal(evtchn_send(g->d, q), 0);
	assert_int_equal(evtchn_close(g->d, p), 0);
	assert_int_equal(*word(g, p.v) & PENDING, 0);
	/* The number comes back while its word is still on the queue. */
	assert_int_equal(ipi(g, 0).v, p.v);
	assert_int_equal(evtchn_send(g->d, p), 0);
	run(g, 0);
	assert_int_equal(g->logged, 2);
	guest_end(g);
}

/* Another thread or an evil kernel writes random words, heads and ready bits between our steps. */
static void test_hostile_words(void **state)
{
	struct guest *g = guest(1, 2, 131072);
	u32 round, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		expand(g, 0);
	}
	for (i = 0; i < 3000; i++) {
		(void)ipi(g, i & 1);
	}
	srand(2);
	for (round = 0; round < 200000; round++) {
		u32 port = 1 + rand() % 3000, r = (u32)rand() * 2654435761u;

		*word(g, rand() % 4096) = r;
		g->control[r & 1]->head[r % 16] = r;
		g->control[r & 1]->ready = r >> 3;
		switch (rand() % 8) {
		case 0:
			assert_int_equal(evtchn_unmask(g->d, PORT(port)), 0);
			break;
		case 1:
			assert_int_equal(evtchn_set_priority(g->d, PORT(port), r % 16), 0);
			break;
		case 2:
			(void)evtchn_port_pending(g->d, PORT(port));
			break;
		case 3:
			if (rand() % 50 == 0) {
				assert_int_equal(evtchn_close(g->d, PORT(port)), 0);
				assert_int_equal(ipi(g, r & 1).v, port);
			}
			break;
		default:
			assert_int_equal(evtchn_send(g->d, PORT(port)), 0);
		}
	}
	guest_end(g);
}

static void test_no_memory(void **state)
{
	u64 nth;
	bool failed = true;

	(void)state;
	for (nth = 1; failed; nth++) {
		struct domain *d = world_domain(1, 1, 4096);
		mfn_t page = world_page(d);
		int err;

		fake_alloc_fail_at(nth);
		err = evtchn_fifo_init_control(d, 0, page, 0);
		failed = fake_alloc_count() >= nth;
		fake_alloc_fail_at(0);
		assert_int_equal(err, failed ? -ENOMEM : 0);
		if (failed) {
			assert_true(world_page_unused(page));
			assert_int_equal(evtchn_fifo_init_control(d, 0, page, 0), 0);
		}
		world_end(d);
	}
	assert_true(nth > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_order_and_priority), world_test(test_no_event_is_lost), world_test(test_mask),
		world_test(test_take), world_test(test_move_between_vcpus), world_test(test_early_events), world_test(test_set_up_refusals),
		world_test(test_reset_gives_frames_back), world_test(test_close_and_reuse), world_test(test_hostile_words),
		world_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
