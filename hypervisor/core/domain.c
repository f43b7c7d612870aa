// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domain table, creation and references. Pause and shutdown are in domain_run.c, tear-down in domain_destroy.c.
 *
 * Look-up goes through the table of page owners (mm/owner.h), which every domain is in from before its first frame until after
 * its last; `listed` says which of them may be found, in order of id without a scan. The table itself holds one reference
 * until the domain is buried: torn down, and no frame of it referenced by anybody. table_lock guards both bitmaps, `buried`
 * and the way from an id to a reference; it is a leaf and never taken in interrupts.
 */
#include "core/domain.h"

#include "core/domain_changes.h"
#include "core/domain_life.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "core/watchdog.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/page_alloc.h"

#define MAX_GRANT_FRAMES 64
#define MIN_PORTS        32

struct domain *domain0;

static spinlock_t table_lock;
static u64 listed[BITMAP_WORDS(DOMID_FIRST_RESERVED_RAW)];  /* can be found */
static u64 taken[BITMAP_WORDS(DOMID_FIRST_RESERVED_RAW)];   /* id in use */
static u32 last_id;                                         /* chosen last: numbers come back late */
static u32 listed_count;

/* --- Table ---------------------------------------------------------------------------------------------------------------- */

/* @id, or one of our choice. -EEXIST. */
static int id_reserve(domid_t *id)
{
	u32 n = id->v;
	int err = 0;

	spin_lock(&table_lock);
	if (n == DOMID_INVALID_RAW) {
		n = bitmap_find_clear(taken, DOMID_FIRST_RESERVED_RAW, last_id + 1);
		if (n == DOMID_FIRST_RESERVED_RAW) {
			n = bitmap_find_clear(taken, DOMID_FIRST_RESERVED_RAW, 1);
		}
		last_id = n < DOMID_FIRST_RESERVED_RAW ? n : 0;
	}
	if (n >= DOMID_FIRST_RESERVED_RAW || bitmap_test(taken, n)) {
		err = -EEXIST;
	} else {
		bitmap_set(taken, n);
		*id = DOMID((u16)n);
	}
	spin_unlock(&table_lock);
	return err;
}

static void id_release(domid_t id)
{
	spin_lock(&table_lock);
	bitmap_clear(taken, id.v);
	spin_unlock(&table_lock);
}

static void list_domain(struct domain *d)
{
	spin_lock(&table_lock);
	bitmap_set(listed, d->id.v);
	listed_count++;
	spin_unlock(&table_lock);
}

/* Table locked. True if @d is to be buried now: the caller drops the table's reference after unlocking. */
static bool bury(struct domain *d)
{
	if (!READ_ONCE(d->drained) || d->buried || !owner_is_empty(&d->mem)) {
		return false;
	}
	d->buried = true;
	d->state = DOMAIN_DEAD;
	bitmap_clear(listed, d->id.v);
	listed_count--;
	return true;
}

static void free_vcpus(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		if (d->vcpus[i]) {
			vcpu_free(d->vcpus[i]);
		}
	}
	heap_free(d->vcpus, d->vcpu_count * sizeof(d->vcpus[0]));
}

void domain_free(struct domain *d)
{
	domid_t id = d->id;

	BUG_ON(d->state != DOMAIN_DEAD);
	free_vcpus(d);
	grant_free_domain(d);
	owner_unregister(&d->mem);
	if (d->e820) {
		heap_free(d->e820, d->e820_count * sizeof(d->e820[0]));
	}
	refusal_free(d);
	heap_free(d, sizeof(*d));
	id_release(id);
	domain_changes_add(id);
}

static void drop(struct domain *d)
{
	if (__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) == 0) {
		domain_free(d);
	}
}

void domain_bury_if_empty(struct domain *d)
{
	bool now;

	spin_lock(&table_lock);
	now = bury(d);
	spin_unlock(&table_lock);
	if (now) {
		drop(d);
	}
}

void domain_put_drained(struct domain *d)
{
	/* Whoever lets go of a frame of a dead domain holds a reference too, mostly, and drops it here. */
	domain_bury_if_empty(d);
	drop(d);
}

/* A reference to the first listed domain of [@from, @limit). */
static struct domain *find(u32 from, u32 limit)
{
	struct domain *d = NULL, *dead;
	u32 id = from;

	do {
		dead = NULL;
		spin_lock(&table_lock);
		id = bitmap_find_set(listed, limit, id);
		if (id < limit) {
			d = container_of(owner_find((u16)id), struct domain, mem);
			if (unlikely(bury(d))) {
				dead = d;
				d = NULL;
			} else {
				domain_ref(d);
			}
		}
		spin_unlock(&table_lock);
		if (dead) {
			drop(dead);
		}
	} while (dead);
	return d;
}

struct domain *domain_get(domid_t id)
{
	struct domain *d = NULL;

	if (unlikely(id.v >= DOMID_FIRST_RESERVED_RAW)) {
		return NULL;
	}
	spin_lock(&table_lock);
	if (likely(bitmap_test(listed, (u32)index_nospec(id.v, DOMID_FIRST_RESERVED_RAW)))) {
		d = container_of(owner_find(id.v), struct domain, mem);
		if (likely(!READ_ONCE(d->drained))) {
			domain_ref(d);
			spin_unlock(&table_lock);
			return d;
		}
	}
	spin_unlock(&table_lock);
	/* It may have to be buried first. */
	return d ? find(id.v, id.v + 1u) : NULL;
}

struct domain *domain_get_next(u32 from)
{
	return from < DOMID_FIRST_RESERVED_RAW ? find(from, DOMID_FIRST_RESERVED_RAW) : NULL;
}

u32 domain_count(void)
{
	return READ_ONCE(listed_count);
}

/* --- Creation ------------------------------------------------------------------------------------------------------------- */

static bool params_ok(const struct domain_params *p)
{
	return p->vcpus >= 1 && p->vcpus <= MAX_VCPUS && p->max_grant_frames >= 1 && p->max_grant_frames <= MAX_GRANT_FRAMES &&
	       p->max_ports >= MIN_PORTS && p->max_ports <= EVTCHN_PORTS_MAX;
}

static void init_fields(struct domain *d, const struct domain_params *p)
{
	d->mem.id = d->id;
	d->mem.max_pages = p->max_pages;
	d->privileged = p->privileged;
	d->confined = p->confined;
	d->state = DOMAIN_BUILDING;
	d->paused_by_control = true;
	d->pause_count = 1;
	d->refs = 1;
	memcpy(d->handle, p->handle, sizeof(d->handle));
	sched_domain_init(d);
	watchdog_init(d);
}

static int create_vcpus(struct domain *d, u32 count)
{
	u32 i;
	int err;

	d->vcpus = heap_alloc(count * sizeof(d->vcpus[0]));
	if (!d->vcpus) {
		return -ENOMEM;
	}
	d->vcpu_count = count;
	for (i = 0; i < count; i++) {
		err = vcpu_create(d, i, &d->vcpus[i]);
		if (err) {
			free_vcpus(d);
			return err;
		}
	}
	return 0;
}

/* Both may stop to let other work run; nobody waits for a domain that never was. */
static void undo_grants(struct domain *d)
{
	while (grant_destroy_step(d) == -ERESTART) {
		barrier();
	}
	grant_free_domain(d);
}

static void undo_ports(struct domain *d)
{
	while (evtchn_destroy_step(d) == -ERESTART) {
		barrier();
	}
}

static int create(struct domain *d, const struct domain_params *p)
{
	int err = owner_register(&d->mem);

	if (err) {
		return err;
	}
	err = -ENOMEM;
	d->shared_info = special_page_alloc(&d->mem, true);
	if (!d->shared_info) {
		goto unregister_owner;
	}
	err = evtchn_init_domain(d, p->max_ports);
	if (err) {
		goto free_shared_info;
	}
	err = grant_init_domain(d, p->max_grant_frames);
	if (err) {
		goto undo_ports;
	}
	err = create_vcpus(d, p->vcpus);
	if (err) {
		goto undo_grants;
	}
	wallclock_publish(d);
	return 0;

undo_grants:
	undo_grants(d);
undo_ports:
	undo_ports(d);
free_shared_info:
	special_page_free(d->shared_info);
unregister_owner:
	owner_unregister(&d->mem);
	return err;
}

int domain_create(domid_t id, const struct domain_params *params, struct domain **ret)
{
	struct domain *d;
	int err;

	if (!params_ok(params)) {
		return -EINVAL;
	}
	err = id_reserve(&id);
	if (err) {
		return err;
	}
	err = -ENOMEM;
	d = heap_alloc(sizeof(*d));
	if (!d) {
		goto release_id;
	}
	d->id = id;
	init_fields(d, params);
	err = create(d, params);
	if (err) {
		goto free_domain;
	}
	if (id.v == 0) {
		domain0 = d;
	}
	domain_ref(d);
	list_domain(d);
	*ret = d;
	return 0;

free_domain:
	heap_free(d, sizeof(*d));
release_id:
	id_release(id);
	return err;
}
