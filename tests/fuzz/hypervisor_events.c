// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes event_channel_op, grant_table_op and physdev_op through their real adapters: three domains, one of them privileged, issue
 * operations with arguments from the input, scribble in the pages they share with the hypervisor, and die.
 *
 * The first byte chooses what is there at the start: FIFO delivery, connected ports, grants. Then come records: who and what (1 byte), sub-operation (1), count or page (1), length (1), bytes. Frame numbers
 * below 4096 in the places where an operation expects one stand for the caller's own pages, so that the fuzzer need not guess.
 * Afterwards every domain is torn down; all memory must be back.
 *
 * Links hypervisor/hypercall/{event_channel,grant_table,physdev}.c beside the floors lib, mm, core, and tests/fake.
 */
#include "../unit/hypervisor/world.h"

#include "hypercall/hypercall.h"
#include "public/event_channel.h"
#include "public/grant_table.h"
#include "public/physdev.h"
#include "x86/irq.h"

#define DOMAINS 3
#define PAGES   6
#define ARENA   4096

enum { EVENTS, GRANTS, PHYSDEV, SCRIBBLE, RAISE, SEED, KINDS };

static struct domain *doms[DOMAINS];
static mfn_t pages[DOMAINS][PAGES];
static u64 arena[ARENA / 8];
static u64 restart_arg[7];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

void hypercall_restart_arg(u32 index, u64 value) { restart_arg[index] = value; }

int irq_alloc_msi(const struct irq_msi *msi)
{
	u32 pirq = 32 + msi->devfn % 16;

	fake_pirqs[pirq].set_up = true;
	return (int)pirq;
}

int irq_free_msi(u32 pirq)
{
	if (pirq >= 32 && pirq < 48 && fake_pirqs[pirq].set_up) {
		fake_pirqs[pirq].set_up = false;
		return 0;
	}
	return -EINVAL;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	fake_guest_memory((u64)arena, ARENA);
	return world_setup(NULL);
}

/* Puts a frame of the caller in place of a small number. */
static void fix_frame(u32 who, u32 offset)
{
	u64 v = arena[offset / 8];

	if (v < 4096) {
		arena[offset / 8] = pages[who][v % PAGES].v;
	}
}

static void fix_frames(u32 who, u32 kind, u32 cmd)
{
	if (kind == EVENTS && (cmd == EVTCHNOP_init_control || cmd == EVTCHNOP_expand_array)) {
		fix_frame(who, 0);
	} else if (kind == PHYSDEV && (cmd == PHYSDEVOP_pirq_eoi_gmfn_v1 || cmd == PHYSDEVOP_pirq_eoi_gmfn_v2)) {
		fix_frame(who, 0);
	} else if (kind == GRANTS && cmd == GNTTABOP_copy) {
		fix_frame(who, 0);
		fix_frame(who, 16);
	} else if (kind == GRANTS && cmd == GNTTABOP_setup_table) {
		arena[2] = (u64)arena + 2048;
	}
}

static void call(u32 kind, u32 cmd, u32 count)
{
	u64 at = (u64)arena, n = count;
	u32 tries;

	for (tries = 0; tries < 10000; tries++) {
		s64 r;

		switch (kind) {
		case EVENTS:
			r = hypercall_event_channel_op(cmd, at, 0, 0, 0, 0);
			break;
		case GRANTS:
			r = hypercall_grant_table_op(cmd, at, n, 0, 0, 0);
			break;
		default:
			r = hypercall_physdev_op(cmd, at, 0, 0, 0, 0);
		}
		if (r != -ERESTART) {
			return;
		}
		if (kind == GRANTS) {
			at = restart_arg[2];
			n = restart_arg[3];
		}
		this_pcpu()->work = 0;
	}
	abort();
}

/* Writes input into a page: an own one, or one of the grant table. */
static void scribble(u32 who, u32 page, const u8 *bytes, u32 n)
{
	mfn_t mfn = pages[who][page % PAGES];

	if (page & 0x80 && grant_frame_mfn(doms[who], 0, &mfn)) {
		return;
	}
	memcpy((char *)mfn_to_virt(mfn) + (page & 0x70) * 4, bytes, n);
}

static void step(u32 who, const u8 *head, const u8 *bytes, u32 n)
{
	u32 kind = (head[0] >> 2) % KINDS;

	this_pcpu()->current = doms[who]->vcpus[head[0] >> 7];
	this_pcpu()->work = head[0] & 0x40 ? WORK_SCHEDULE : 0;
	switch (kind) {
	case SCRIBBLE:
		scribble(who, head[2], bytes, n);
		break;
	case RAISE:
		evtchn_raise_virq(doms[who]->vcpus[0], head[1] % NR_VIRQS);
		evtchn_raise_pirq(doms[0], head[2]);
		evtchn_poll_begin(doms[who]->vcpus[0], PORT(head[2] % 8));
		if (evtchn_port_pending(doms[who], PORT(head[2]))) {
			evtchn_poll_end(doms[who]->vcpus[0]);
		}
		break;
	case SEED:
		if (grant_seed(doms[who], GREF(head[1]), DOMID(head[2] % 4), pages[who][head[2] % PAGES])) {
			return;
		}
		break;
	default:
		memset(arena, 0, 256);
		memcpy(arena, bytes, n);
		fix_frames(who, kind, head[1] % 32);
		call(kind, head[1] % 32, head[2] % 4);
	}
}

static void start_fifo(u32 i)
{
	assert_int_equal(evtchn_fifo_init_control(doms[i], 0, pages[i][0], 0), 0);
	assert_int_equal(evtchn_fifo_init_control(doms[i], 1, pages[i][0], 128), 0);
	assert_int_equal(evtchn_fifo_expand_array(doms[i], pages[i][1]), 0);
}

static void start_port(struct domain *from, struct domain *to)
{
	evtchn_port_t port, own;

	assert_int_equal(evtchn_reserve_unbound(to, from->id, &port), 0);
	evtchn_commit(to, port);
	assert_int_equal(evtchn_reserve_interdomain(from, to, port, &own), 0);
	evtchn_commit(from, own);
}

static void start(u32 i, u8 what)
{
	struct domain *next = doms[(i + 1) % DOMAINS];
	u32 k;

	if (what & 1) {
		start_fifo(i);
	}
	for (k = 0; k < 3 && what & 2; k++) {
		start_port(doms[i], next);
	}
	for (k = 0; k < PAGES && what & 4; k++) {
		assert_int_equal(grant_seed(doms[i], GREF(k), DOMID(k & 1 ? i : next->id.v), pages[i][k]), 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 1;
	u32 i, k;

	if (!size) {
		return 0;
	}
	memset(fake_pirqs, 0, sizeof(fake_pirqs));
	memset(world_ptes, 0, sizeof(world_ptes));
	for (i = 0; i < DOMAINS; i++) {
		doms[i] = world_domain(i, 2, i == 2 ? 40 : 5000);
		for (k = 0; k < PAGES; k++) {
			pages[i][k] = world_page(doms[i]);
		}
	}
	for (i = 0; i < DOMAINS; i++) {
		start(i, data[0]);
	}
	while (size - at >= 4) {
		const u8 *head = data + at;
		u32 n = MIN((u32)head[3], MIN((u32)(size - at - 4), 160u));

		step((head[0] & 3) % DOMAINS, head, head + 4, n);
		at += 4 + n;
	}
	this_pcpu()->work = 0;
	this_pcpu()->current = NULL;
	if (!fake_irqs_on()) {
		abort();
	}
	/* PTEs go with the tables of their domain. */
	for (i = 0; i < WORLD_PTES; i++) {
		world_pte_clear(&world_ptes[i]);
	}
	for (i = DOMAINS; i-- > 0;) {
		world_destroy(doms[i]);
	}
	for (i = 0; i < DOMAINS; i++) {
		world_free(doms[i]);
	}
	if (pages_free(false) != world_free_at_start) {
		abort();
	}
	return 0;
}
