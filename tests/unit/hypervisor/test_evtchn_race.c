// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several processors at once in event channels and grants: connecting, sending, closing, moving and resetting against each other;
 * mapping, unmapping the same handles, copying, while the granting guest rewrites its entries. Afterwards all counts are back to
 * where they were. Invariants V1, V3, G1, G2.
 */
#include "world.h"

#include <pthread.h>

#include "core/grant_entry.h"
#include "public/event_channel.h"

#define THREADS FAKE_CPUS
#define PORTS   24

static struct domain *a, *b;
static u32 rounds;

static u32 next_random(u32 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void run_threads(void *(*fn)(void *arg))
{
	pthread_t threads[THREADS];
	u64 i;

	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, fn, (void *)i), 0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
}

/* Errors are expected all over; what must not happen is a BUG, a lost lock, or memory out of place. */
static void event_step(u32 r)
{
	struct domain *d = r & 1 ? a : b, *e = r & 2 ? a : b;
	evtchn_port_t p = PORT((r >> 8) % PORTS), port;
	struct evtchn_status s;
	int err = 0;

	switch ((r >> 2) % 16) {
	case 0:
		err = evtchn_close(d, p);
		break;
	case 1:
		err = evtchn_reserve_unbound(d, e->id, &port);
		if (!err) {
			evtchn_commit(d, port);
		}
		break;
	case 2:
	case 3:
		err = evtchn_reserve_interdomain(d, e, p, &port);
		if (!err && (r >> 16) % 4) {
			evtchn_commit(d, port);
		} else if (!err) {
			evtchn_cancel(d, port);
		}
		break;
	case 4:
		err = evtchn_bind_vcpu(d, p, (r >> 16) % 3);
		break;
	case 5:
		err = evtchn_unmask(d, p);
		break;
	case 6:
		err = evtchn_set_priority(d, p, (r >> 16) % 17);
		break;
	case 7:
		err = evtchn_status(d, p, &s);
		break;
	case 8:
		err = evtchn_reserve_virq(d, (r >> 16) % NR_VIRQS, 0, &port);
		if (!err) {
			evtchn_commit(d, port);
		}
		break;
	case 9:
		evtchn_raise_virq(d->vcpus[0], (r >> 16) % NR_VIRQS);
		break;
	case 10:
		if ((r >> 16) % 512 == 0) {
			err = evtchn_reset(d);
		}
		break;
	default:
		err = evtchn_send(d, p);
	}
	assert_true(err <= 0);
}

static void *event_thread(void *arg)
{
	u32 seed = 12345 + (u32)(u64)arg * 77, i;

	fake_set_cpu((u32)(u64)arg);
	for (i = 0; i < rounds; i++) {
		event_step(next_random(&seed));
	}
	assert_true(fake_irqs_on());
	return NULL;
}

static void test_two_level(void **state)
{
	(void)state;
	a = world_domain(1, 2, 64);
	b = world_domain(2, 2, 64);
	rounds = 40000;
	run_threads(event_thread);
	world_end(a);
	world_end(b);
}

static void *fifo_thread(void *arg)
{
	u32 seed = 999 + (u32)(u64)arg * 31, i;
	mfn_t pages[2];

	fake_set_cpu((u32)(u64)arg);
	pages[0] = world_page(a);
	pages[1] = world_page(b);
	for (i = 0; i < rounds; i++) {
		u32 r = next_random(&seed);
		struct domain *d = r & 1 ? a : b;

		if ((r >> 1) % 256 == 0) {
			int err = evtchn_fifo_init_control(d, (r >> 10) & 1, pages[!(r & 1)], 0);

			assert_true(err <= 0);
			err = evtchn_fifo_expand_array(d, pages[!(r & 1)]);
			assert_true(err <= 0);
			/* What the guest does to its own words meanwhile. */
			memset(mfn_to_virt(pages[!(r & 1)]), (int)(r >> 24), 4096);
		}
		event_step(next_random(&seed));
	}
	return NULL;
}

static void test_fifo(void **state)
{
	(void)state;
	a = world_domain(1, 2, 64);
	b = world_domain(2, 2, 64);
	rounds = 25000;
	run_threads(fifo_thread);
	world_end(a);
	world_end(b);
}

/* --- Grants ----------------------------------------------------------------------------------------------------------------- */

#define REFS 8
static mfn_t frames[REFS], target;
static struct grant_entry_v1 *entries;

static void grant_step(u32 r)
{
	u32 ref = (r >> 8) % REFS;

	switch (r % 8) {
	case 0:
	case 1: {
		struct gnttab_map_grant_ref op = { .flags = GNTMAP_device_map | (r & 8 ? GNTMAP_readonly : 0), .ref = ref, .dom = 1 };

		grant_map(b, &op);
		break;
	}
	case 2:
	case 3:
	case 4: {
		struct gnttab_unmap_grant_ref op = { .dev_bus_addr = frames[ref].v << 12, .handle = (r >> 12) % 64 };
		struct grant_unmap un;

		grant_unmap_begin(b, &op, &un);
		grant_unmap_finish(b, &un);
		break;
	}
	case 5:
	case 6: {
		struct gnttab_copy op = { .source = { .u.ref = ref, .domid = 1 }, .dest = { .u.gmfn = target.v, .domid = DOMID_SELF_RAW },
					  .len = 64, .flags = GNTCOPY_source_gref };

		grant_copy(b, &op);
		break;
	}
	default:
		/* The guest may only do this while nobody uses the entry; this one does not care. */
		WRITE_ONCE(entries[ref].frame, (u32)frames[(r >> 16) % REFS].v);
		WRITE_ONCE(entries[ref].flags, (u16)(r >> 20 & 0x1f));
	}
}

static void *grant_thread(void *arg)
{
	u32 seed = 4711 + (u32)(u64)arg * 13, i;

	fake_set_cpu((u32)(u64)arg);
	for (i = 0; i < rounds; i++) {
		grant_step(next_random(&seed));
	}
	return NULL;
}

static void test_grants(void **state)
{
	mfn_t mfn;
	u32 i;

	(void)state;
	a = world_domain(1, 1, 64);
	b = world_domain(2, 1, 64);
	assert_int_equal(grant_grow(a, 1), 0);
	assert_int_equal(grant_frame_mfn(a, 0, &mfn), 0);
	entries = mfn_to_virt(mfn);
	target = world_page(b);
	for (i = 0; i < REFS; i++) {
		frames[i] = world_page(a);
		entries[i] = (struct grant_entry_v1){ .flags = GTF_permit_access, .domid = 2, .frame = (u32)frames[i].v };
	}
	rounds = 40000;
	run_threads(grant_thread);
	world_destroy(b);
	world_free(b);
	for (i = 0; i < REFS; i++) {
		assert_true(world_page_unused(frames[i]));
		assert_int_equal(a->grants->frames[0]->active[0][i].readers, 0);
		assert_int_equal(a->grants->frames[0]->active[0][i].writers, 0);
	}
	assert_int_equal(a->refs, 1);
	world_end(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_two_level), world_test(test_fifo), world_test(test_grants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
