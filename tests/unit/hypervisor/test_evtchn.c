// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channels with two-level delivery, and everything that does not depend on the delivery: states, peers, VIRQs, PIRQs, closing,
 * reset, tear-down, port numbers at the edges, memory failures. Invariants V1 and V3.
 */
#include "world.h"

#include "core/pirq.h"
#include "public/event_channel.h"

static const u32 odd_ports[] = { 0, 1, 2, 63, 64, 4095, 4096, 131071, 131072, 0x7fffffff, 0x80000000, 0xffffffff };

static evtchn_port_t unbound(struct domain *owner, struct domain *remote)
{
	evtchn_port_t port;

	assert_int_equal(evtchn_reserve_unbound(owner, remote->id, &port), 0);
	evtchn_commit(owner, port);
	return port;
}

static evtchn_port_t bound_to(struct domain *d, struct domain *remote, evtchn_port_t remote_port)
{
	evtchn_port_t port;

	assert_int_equal(evtchn_reserve_interdomain(d, remote, remote_port, &port), 0);
	evtchn_commit(d, port);
	return port;
}

static struct evtchn_status status_of(struct domain *d, evtchn_port_t port)
{
	struct evtchn_status s = { 0 };

	assert_int_equal(evtchn_status(d, port, &s), 0);
	return s;
}

static bool bit(const uint64_t *map, u32 n) { return (map[n / 64] >> (n % 64)) & 1; }

static void consume(struct domain *d, u32 vcpu, evtchn_port_t port)
{
	d->vcpus[vcpu]->info->evtchn_upcall_pending = 0;
	d->vcpus[vcpu]->info->evtchn_pending_sel = 0;
	d->shared_info->evtchn_pending[port.v / 64] &= ~(1ULL << (port.v % 64));
}

static void test_ports_come_in_order(void **state)
{
	struct domain *d = world_domain(1, 2, 1024);
	evtchn_port_t port;
	u32 i;

	(void)state;
	for (i = 1; i <= 200; i++) {
		assert_int_equal(unbound(d, d).v, i);
	}
	assert_int_equal(evtchn_close(d, PORT(7)), 0);
	assert_int_equal(evtchn_close(d, PORT(7)), -EINVAL);
	assert_int_equal(unbound(d, d).v, 7);
	assert_int_equal(evtchn_reserve_ipi(d, 1, &port), 0);
	assert_int_equal(port.v, 201);
	evtchn_cancel(d, port);
	assert_int_equal(evtchn_reserve_ipi(d, 2, &port), -ENOENT);
	world_end(d);
}

static void test_every_operation_on_odd_ports(void **state)
{
	struct domain *d = world_domain(1, 1, 131072), *e = world_domain(2, 1, 64);
	struct evtchn_status s;
	evtchn_port_t port;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odd_ports); i++) {
		evtchn_port_t p = PORT(odd_ports[i]);

		assert_int_equal(evtchn_send(d, p), -EINVAL);
		assert_int_equal(evtchn_close(d, p), -EINVAL);
		assert_int_equal(evtchn_unmask(d, p), -EINVAL);
		assert_int_equal(evtchn_bind_vcpu(d, p, 0), -EINVAL);
		assert_int_equal(evtchn_set_priority(d, p, 0), -EINVAL);
		assert_int_equal(evtchn_status(d, p, &s), p.v == 0 ? 0 : -EINVAL);
		assert_int_equal(evtchn_reserve_interdomain(d, e, p, &port), -EINVAL);
		assert_false(evtchn_port_pending(d, p));
		evtchn_commit(d, p);
		evtchn_cancel(d, p);
	}
	world_end(d);
	world_end(e);
}

static void test_limit(void **state)
{
	struct domain *d = world_domain(1, 1, 33), *e = world_domain(2, 1, 131072);
	evtchn_port_t port;
	u32 i;

	(void)state;
	for (i = 1; i < 33; i++) {
		(void)unbound(d, d);
	}
	assert_int_equal(evtchn_reserve_unbound(d, d->id, &port), -ENOSPC);
	assert_int_equal(evtchn_close(d, PORT(1)), 0);
	assert_int_equal(unbound(d, d).v, 1);
	/* Two-level delivery has bits for 4096. */
	for (i = 1; i < 4096; i++) {
		(void)unbound(e, d);
	}
	assert_int_equal(evtchn_reserve_ipi(e, 0, &port), -ENOSPC);
	world_end(e);
	world_end(d);
}

static void test_interdomain(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(2, 1, 64), *c = world_domain(3, 1, 64);
	evtchn_port_t pa = unbound(a, b), pb, port;
	struct evtchn_status s;

	(void)state;
	/* Only the named domain may bind, once. */
	assert_int_equal(evtchn_reserve_interdomain(c, a, pa, &port), -EINVAL);
	pb = bound_to(b, a, pa);
	assert_int_equal(evtchn_reserve_interdomain(b, a, pa, &port), -EINVAL);
	s = status_of(a, pa);
	assert_int_equal(s.status, EVTCHNSTAT_interdomain);
	assert_int_equal(s.u.interdomain.dom, 2);
	assert_int_equal(s.u.interdomain.port, pb.v);
	/* The guard event. */
	assert_true(bit(b->shared_info->evtchn_pending, pb.v));
	assert_int_equal(b->vcpus[0]->info->evtchn_upcall_pending, 1);
	assert_false(bit(a->shared_info->evtchn_pending, pa.v));
	/* Both directions. */
	assert_int_equal(evtchn_send(b, pb), 0);
	assert_true(evtchn_port_pending(a, pa));
	consume(b, 0, pb);
	assert_int_equal(evtchn_send(a, pa), 0);
	assert_true(evtchn_port_pending(b, pb));
	/* The peer of a closed port is unbound again, for the domain that closed. */
	assert_int_equal(evtchn_close(b, pb), 0);
	s = status_of(a, pa);
	assert_int_equal(s.status, EVTCHNSTAT_unbound);
	assert_int_equal(s.u.unbound.dom, 2);
	assert_false(bit(b->shared_info->evtchn_pending, pb.v));
	assert_int_equal(evtchn_send(a, pa), 0);
	pb = bound_to(b, a, pa);
	/* And so it is when the domain dies; references are balanced. */
	assert_int_equal(evtchn_close(a, pa), 0);
	assert_int_equal(status_of(b, pb).u.unbound.dom, 1);
	pa = bound_to(a, b, pb);
	world_end(b);
	assert_int_equal(status_of(a, pa).status, EVTCHNSTAT_unbound);
	world_end(a);
	world_end(c);
}

static void test_loopback(void **state)
{
	struct domain *d = world_domain(1, 1, 64);
	evtchn_port_t p = unbound(d, d), q = bound_to(d, d, p);

	(void)state;
	consume(d, 0, q);
	assert_int_equal(evtchn_send(d, p), 0);
	assert_true(evtchn_port_pending(d, q));
	assert_int_equal(evtchn_close(d, p), 0);
	assert_int_equal(status_of(d, q).status, EVTCHNSTAT_unbound);
	world_end(d);
}

static void test_reserved_is_invisible(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(2, 1, 64);
	evtchn_port_t pa = unbound(a, b), pb, port;

	(void)state;
	assert_int_equal(evtchn_reserve_interdomain(b, a, pa, &pb), 0);
	assert_int_equal(evtchn_send(b, pb), -EINVAL);
	assert_int_equal(evtchn_close(b, pb), -EINVAL);
	assert_int_equal(status_of(b, pb).status, EVTCHNSTAT_closed);
	evtchn_cancel(b, pb);
	assert_int_equal(status_of(a, pa).status, EVTCHNSTAT_unbound);
	/* An unbound port that is not out yet cannot be bound. */
	assert_int_equal(evtchn_reserve_unbound(a, b->id, &pa), 0);
	assert_int_equal(evtchn_reserve_interdomain(b, a, pa, &port), -EINVAL);
	evtchn_cancel(a, pa);
	/* The peer closes before the commit. */
	pa = unbound(a, b);
	assert_int_equal(evtchn_reserve_interdomain(b, a, pa, &pb), 0);
	assert_int_equal(evtchn_close(a, pa), 0);
	evtchn_commit(b, pb);
	assert_int_equal(status_of(b, pb).status, EVTCHNSTAT_unbound);
	world_end(a);
	world_end(b);
}

static void test_mask(void **state)
{
	struct domain *d = world_domain(1, 2, 256);
	evtchn_port_t p;
	struct vcpu_info *info;
	u32 i;

	(void)state;
	for (i = 0; i < 100; i++) {
		assert_int_equal(evtchn_reserve_ipi(d, 1, &p), 0);
		evtchn_commit(d, p);
	}
	info = d->vcpus[1]->info;
	d->shared_info->evtchn_mask[p.v / 64] |= 1ULL << (p.v % 64);
	assert_int_equal(evtchn_send(d, p), 0);
	assert_true(evtchn_port_pending(d, p));
	assert_true(evtchn_port_marks(d, p).pending && evtchn_port_marks(d, p).masked);
	assert_false(evtchn_port_marks(d, PORT(1)).pending || evtchn_port_marks(d, PORT(1)).masked);
	assert_false(evtchn_port_marks(d, PORT(~0u)).pending);
	assert_int_equal(info->evtchn_upcall_pending, 0);
	assert_int_equal(info->evtchn_pending_sel, 0);
	assert_int_equal(evtchn_unmask(d, p), 0);
	assert_true(evtchn_port_marks(d, p).pending && !evtchn_port_marks(d, p).masked);
	assert_int_equal(info->evtchn_upcall_pending, 1);
	assert_int_equal(info->evtchn_pending_sel, 1ULL << (p.v / 64));
	/* Unmasking what is not masked, or not pending, says nothing new. */
	info->evtchn_upcall_pending = 0;
	info->evtchn_pending_sel = 0;
	assert_int_equal(evtchn_unmask(d, p), 0);
	d->shared_info->evtchn_mask[0] = ~0ULL;
	assert_int_equal(evtchn_unmask(d, PORT(1)), 0);
	assert_int_equal(info->evtchn_upcall_pending, 0);
	world_end(d);
}

static void test_wake_and_kick(void **state)
{
	struct domain *d = world_domain(1, 1, 64);
	struct vcpu *v = d->vcpus[0];
	evtchn_port_t p, q;

	(void)state;
	assert_int_equal(evtchn_reserve_ipi(d, 0, &p), 0);
	evtchn_commit(d, p);
	assert_int_equal(evtchn_reserve_ipi(d, 0, &q), 0);
	evtchn_commit(d, q);
	v->sched.wait = VCPU_BLOCKED;
	assert_int_equal(evtchn_send(d, p), 0);
	assert_int_equal(v->sched.wait, 0);
	consume(d, 0, p);
	/* Masked upcalls leave it alone; the poll ends only for its port. */
	v->info->evtchn_upcall_mask = 1;
	v->sched.wait = VCPU_POLLING;
	evtchn_poll_begin(v, q);
	assert_int_equal(evtchn_send(d, p), 0);
	assert_int_equal(v->sched.wait, VCPU_POLLING);
	assert_int_equal(evtchn_send(d, q), 0);
	assert_int_equal(v->sched.wait, 0);
	consume(d, 0, p);
	consume(d, 0, q);
	v->sched.wait = VCPU_POLLING;
	evtchn_poll_begin(v, PORT(0));
	assert_int_equal(evtchn_send(d, p), 0);
	assert_int_equal(v->sched.wait, 0);
	assert_false(vcpu_events_deliverable(v));
	v->info->evtchn_upcall_mask = 0;
	assert_true(vcpu_events_deliverable(v));
	/* In its guest on another processor. */
	consume(d, 0, p);
	v->sched.running = true;
	v->sched.cpu = 2;
	fake_kicks[2] = 0;
	assert_int_equal(evtchn_send(d, p), 0);
	assert_int_equal(fake_kicks[2], 1);
	assert_int_equal(evtchn_send(d, q), 0);
	assert_int_equal(fake_kicks[2], 1);
	world_end(d);
}

static void test_virq(void **state)
{
	struct domain *d = world_domain(0, 2, 64);
	evtchn_port_t t0, t1, c, port;
	struct evtchn_status s;

	(void)state;
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 0, &t0), 0);
	evtchn_commit(d, t0);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 0, &port), -EEXIST);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 1, &t1), 0);
	evtchn_commit(d, t1);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 2, &port), -ENOENT);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_CONSOLE, 1, &port), -EINVAL);
	assert_int_equal(evtchn_reserve_virq(d, NR_VIRQS, 0, &port), -EINVAL);
	assert_int_equal(evtchn_reserve_virq(d, 0xffffffff, 0, &port), -EINVAL);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_CONSOLE, 0, &c), 0);
	evtchn_commit(d, c);
	s = status_of(d, t1);
	assert_int_equal(s.status, EVTCHNSTAT_virq);
	assert_int_equal(s.u.virq, VIRQ_TIMER);
	assert_int_equal(s.vcpu, 1);
	evtchn_raise_virq(d->vcpus[1], VIRQ_TIMER);
	assert_true(evtchn_port_pending(d, t1));
	assert_false(evtchn_port_pending(d, t0));
	/* Per-vCPU ones stay; others move, and are closed wherever they are. */
	assert_int_equal(evtchn_bind_vcpu(d, t1, 0), -EINVAL);
	assert_int_equal(evtchn_bind_vcpu(d, c, 1), 0);
	assert_int_equal(evtchn_bind_vcpu(d, c, 2), -ENOENT);
	consume(d, 1, t1);
	evtchn_raise_global_virq(VIRQ_CONSOLE);
	assert_int_equal(d->vcpus[1]->info->evtchn_upcall_pending, 1);
	assert_int_equal(evtchn_close(d, c), 0);
	evtchn_raise_global_virq(VIRQ_CONSOLE);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_CONSOLE, 0, &c), 0);
	evtchn_cancel(d, c);
	assert_int_equal(d->vcpus[0]->ev.virq_port[VIRQ_CONSOLE], 0);
	assert_int_equal(evtchn_send(d, t0), -EINVAL);
	world_end(d);
}

static void test_pirq(void **state)
{
	struct domain *d = world_domain(0, 2, 64), *u = world_domain(1, 1, 64);
	evtchn_port_t p, port;
	mfn_t page = world_page(d), theirs = world_page(u);
	u32 flags;

	(void)state;
	assert_int_equal(evtchn_reserve_pirq(u, 9, false, &port), -EPERM);
	assert_int_equal(evtchn_reserve_pirq(d, 1024, false, &port), -EINVAL);
	assert_int_equal(evtchn_reserve_pirq(d, 0xffffffff, false, &port), -EINVAL);
	assert_int_equal(evtchn_reserve_pirq(d, 20, false, &port), -EINVAL);
	assert_int_equal(pirq_eoi(d, 9), -EINVAL);
	assert_int_equal(pirq_eoi(d, 0xffffffff), -EINVAL);
	fake_pirqs[9] = (struct fake_pirq){ .set_up = true, .level = true };
	assert_int_equal(evtchn_reserve_pirq(d, 9, true, &p), 0);
	evtchn_commit(d, p);
	assert_true(fake_pirqs[9].enabled);
	assert_int_equal(evtchn_reserve_pirq(d, 9, true, &port), -EEXIST);
	assert_int_equal(status_of(d, p).u.pirq, 9);
	evtchn_raise_pirq(d, 9);
	assert_true(evtchn_port_pending(d, p));
	evtchn_raise_pirq(d, 10);
	evtchn_raise_pirq(d, 0xffffffff);
	assert_int_equal(pirq_status(d, 9, &flags), 0);
	assert_int_equal(flags, 3);
	assert_int_equal(pirq_status(d, 1024, &flags), -EINVAL);
	assert_int_equal(pirq_eoi(d, 9), 0);
	assert_int_equal(fake_pirqs[9].eois, 1);
	/* The page of EOI bits: once, the caller's own, writable. */
	assert_int_equal(pirq_register_eoi_page(d, theirs, false), -EINVAL);
	assert_int_equal(pirq_register_eoi_page(d, MFN(~0ULL), false), -EINVAL);
	assert_int_equal(pirq_register_eoi_page(d, page, true), 0);
	assert_int_equal(pirq_register_eoi_page(d, page, false), -EBUSY);
	assert_int_equal(*(u64 *)mfn_to_virt(page), 1 << 9);
	/* Version 1: EOI unmasks. */
	d->shared_info->evtchn_mask[0] = ~0ULL;
	assert_int_equal(pirq_eoi(d, 9), 0);
	assert_false(bit(d->shared_info->evtchn_mask, p.v));
	assert_int_equal(evtchn_close(d, p), 0);
	assert_false(fake_pirqs[9].enabled);
	/* ISA lines that nobody set up get the bus's defaults. */
	assert_int_equal(evtchn_reserve_pirq(d, 1, false, &p), 0);
	assert_true(fake_pirqs[1].enabled);
	evtchn_cancel(d, p);
	assert_false(fake_pirqs[1].enabled);
	assert_int_equal(pirq_register_eoi_page(u, theirs, false), 0);
	world_end(d);
	world_end(u);
}

static void test_reset(void **state)
{
	struct domain *d = world_domain(1, 1, 4096), *e = world_domain(2, 1, 64);
	evtchn_port_t p, pe;
	u32 restarts = 0, i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		(void)unbound(d, e);
	}
	pe = bound_to(e, d, PORT(2999));
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 0, &p), 0);
	evtchn_commit(d, p);
	this_pcpu()->work = WORK_SCHEDULE;
	while (evtchn_reset(d) == -ERESTART) {
		restarts++;
	}
	this_pcpu()->work = 0;
	assert_true(restarts > 40);
	assert_int_equal(status_of(e, pe).status, EVTCHNSTAT_unbound);
	assert_int_equal(d->vcpus[0]->ev.virq_port[VIRQ_TIMER], 0);
	assert_int_equal(evtchn_send(d, PORT(5)), -EINVAL);
	assert_int_equal(unbound(d, e).v, 1);
	world_end(d);
	world_end(e);
}

static void test_dying_makes_none(void **state)
{
	struct domain *d = world_domain(1, 1, 64), *e = world_domain(2, 1, 64);
	evtchn_port_t p = unbound(d, e), port;

	(void)state;
	d->state = DOMAIN_DYING;
	assert_int_equal(evtchn_reserve_unbound(d, e->id, &port), -ESRCH);
	assert_int_equal(evtchn_reserve_ipi(d, 0, &port), -ESRCH);
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 0, &port), -ESRCH);
	assert_int_equal(evtchn_reserve_interdomain(e, d, p, &port), -ESRCH);
	world_destroy(d);
	evtchn_raise_virq(e->vcpus[0], VIRQ_TIMER);
	world_free(d);
	world_end(e);
}

/* Each allocation fails once: an error, nothing half done, and the next attempt works. */
static void test_no_memory(void **state)
{
	u64 nth;
	bool failed = true;

	(void)state;
	for (nth = 1; failed; nth++) {
		struct domain *d = world_domain(0, 1, 2048);
		evtchn_port_t port;
		u32 i, errors = 0;

		fake_pirqs[9] = (struct fake_pirq){ .set_up = true };
		fake_alloc_fail_at(nth);
		for (i = 0; i < 1200; i++) {
			int err = evtchn_reserve_unbound(d, d->id, &port);

			assert_true(err == 0 || err == -ENOMEM);
			errors += err != 0;
			if (!err) {
				evtchn_commit(d, port);
			}
		}
		if (evtchn_reserve_pirq(d, 9, false, &port)) {
			errors++;
			assert_int_equal(evtchn_reserve_pirq(d, 9, false, &port), 0);
		}
		failed = fake_alloc_count() >= nth;
		assert_int_equal(errors, failed ? 1 : 0);
		fake_alloc_fail_at(0);
		world_end(d);
	}
	assert_true(nth > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_ports_come_in_order), world_test(test_every_operation_on_odd_ports),
		world_test(test_limit), world_test(test_interdomain), world_test(test_loopback),
		world_test(test_reserved_is_invisible), world_test(test_mask), world_test(test_wake_and_kick),
		world_test(test_virq), world_test(test_pirq), world_test(test_reset), world_test(test_dying_makes_none),
		world_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
