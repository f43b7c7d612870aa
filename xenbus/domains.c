// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine below the store: Lamina's control ABI for the list of domains, grant reference 1 for
 * a guest's ring (by frame number where the guest has no such grant), /dev/xen/evtchn for ports.
 *
 * A ring mapped by frame number and one mapped by grant are undone differently, so the page is
 * remembered with how it was mapped.
 */
#include "xenbus/domains.h"

#include <errno.h>
#include <public/control.h>
#include <public/event_channel.h>
#include <public/hypercall.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/evtchn.h"
#include "toolstack/sys/gntdev.h"
#include "toolstack/sys/privcmd.h"
#include "toolstack/sys/xenbus_backend.h"

/* By convention of all builders: reference 1 is the store ring. */
#define DOMAINS_STORE_GRANT 1u
#define DOMAINS_LIST_ROWS 256u
#define DOMAINS_LIST_BYTES (DOMAINS_LIST_ROWS * sizeof(struct control_info))

struct domains_ring {
	struct domains_ring *next;
	void *page;
	bool is_granted;
	struct gntdev_mapping mapping;
};

struct domains_machine {
	struct xenctl *xc;
	struct evtchn evtchn;
	struct gntdev gntdev;
	struct control_sys *request;	/* hypercall buffers */
	struct control_info *rows;
	struct domains_ring *rings;
	uint64_t changes_seen;	/* the hypervisor's position in its log of changes; 0: nothing yet */
};

void domains_machine_close(struct domains_machine *machine)
{
	if (machine == NULL) {
		return;
	}
	if (machine->xc != NULL) {
		xenctl_buffer_put(machine->xc, machine->request, sizeof(*machine->request));
		xenctl_buffer_put(machine->xc, machine->rows, DOMAINS_LIST_BYTES);
		xenctl_close(machine->xc);
	}
	if (machine->evtchn.fd >= 0) {
		evtchn_close(&machine->evtchn);
	}
	if (machine->gntdev.fd >= 0) {
		gntdev_close(&machine->gntdev);
	}
	free(machine);
}

int domains_machine_open(struct domains_machine **out, struct error *error)
{
	struct domains_machine *machine = calloc(1, sizeof(*machine));
	int rc;

	if (machine == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory");
	}
	machine->evtchn.fd = -1;
	machine->gntdev.fd = -1;
	rc = xenctl_open(&machine->xc, error);
	if (rc == 0) {
		rc = evtchn_open(&machine->evtchn, error);
	}
	if (rc == 0) {
		machine->request = xenctl_buffer_get(machine->xc, sizeof(*machine->request));
		machine->rows = xenctl_buffer_get(machine->xc, DOMAINS_LIST_BYTES);
		if (machine->request == NULL || machine->rows == NULL) {
			rc = error_set(error, ENOMEM, NULL, "no memory for hypercall buffers");
		}
	}
	if (rc < 0) {
		domains_machine_close(machine);
		return rc;
	}
	/* Without grants rings are mapped by frame number. */
	if (gntdev_open(&machine->gntdev, NULL) < 0) {
		machine->gntdev.fd = -1;
	}
	*out = machine;
	return 0;
}

int domains_machine_fd(const struct domains_machine *machine)
{
	return machine->evtchn.fd;
}

int domains_machine_bind_state_changes(struct domains_machine *machine)
{
	return evtchn_bind_virq(&machine->evtchn, VIRQ_DOM_EXC);
}

int domains_machine_read_ports(struct domains_machine *machine, uint32_t *ports, uint32_t count)
{
	int got = evtchn_read(&machine->evtchn, ports, count);
	int i;

	/* Unmask before looking at rings: what comes after the look raises the port again. */
	for (i = 0; i < got; i++) {
		evtchn_unmask(&machine->evtchn, ports[i]);
	}
	return got > 0 ? got : 0;
}

int domains_machine_map_own_ring(struct domains_machine *machine, void **page, uint32_t *port,
				 struct error *error)
{
	(void)machine;
	return xenbus_backend_map(page, port, error);
}

static int domains_map_grant(struct domains_machine *machine, uint16_t domid,
			     struct domains_ring *ring)
{
	const uint32_t ref = DOMAINS_STORE_GRANT;
	const struct gntdev_refs refs = { .domid = domid, .count = 1, .refs = &ref };
	int rc;

	if (machine->gntdev.fd < 0) {
		return -ENODEV;
	}
	rc = gntdev_map(&machine->gntdev, &refs, PROT_READ | PROT_WRITE, &ring->mapping);
	if (rc == 0) {
		ring->is_granted = true;
		ring->page = ring->mapping.address;
	}
	return rc;
}

static int domains_map_ring(void *context, uint16_t domid, uint64_t mfn, void **page)
{
	struct domains_machine *machine = context;
	struct domains_ring *ring = calloc(1, sizeof(*ring));
	const struct privcmd_frames frames = { .mfns = &mfn, .count = 1 };
	int rc;

	if (ring == NULL) {
		return -ENOMEM;
	}
	rc = domains_map_grant(machine, domid, ring);
	if (rc < 0) {
		rc = privcmd_map_foreign(machine->xc, domid, &frames, PROT_READ | PROT_WRITE,
					 &ring->page);
	}
	if (rc < 0) {
		free(ring);
		return rc;
	}
	ring->next = machine->rings;
	machine->rings = ring;
	*page = ring->page;
	return 0;
}

static void domains_unmap_ring(void *context, uint16_t domid, void *page)
{
	struct domains_machine *machine = context;
	struct domains_ring **link = &machine->rings;
	struct domains_ring *ring;

	if (domid == 0) {
		xenbus_backend_unmap(page);
		return;
	}
	while (*link != NULL && (*link)->page != page) {
		link = &(*link)->next;
	}
	ring = *link;
	if (ring == NULL) {
		return;
	}
	*link = ring->next;
	if (ring->is_granted) {
		gntdev_unmap(&machine->gntdev, &ring->mapping);
	} else {
		privcmd_unmap(ring->page, 1);
	}
	free(ring);
}

static int domains_bind(void *context, uint16_t domid, uint32_t remote_port)
{
	struct domains_machine *machine = context;

	return evtchn_bind_interdomain(&machine->evtchn, domid, remote_port);
}

static void domains_unbind(void *context, uint32_t port)
{
	struct domains_machine *machine = context;

	evtchn_unbind(&machine->evtchn, port);
}

static void domains_notify(void *context, uint32_t port)
{
	struct domains_machine *machine = context;

	evtchn_notify(&machine->evtchn, port);
}

static int domains_list(void *context, uint16_t first, struct domains_state *states,
			uint32_t count)
{
	struct domains_machine *machine = context;
	struct control_sys *request = machine->request;
	uint32_t i;
	long rc;

	memset(request, 0, sizeof(*request));
	request->version = CONTROL_VERSION;
	request->cmd = CONTROL_SYS_LIST;
	request->u.list.buffer = hypercall_pointer(machine->rows);
	request->u.list.first = first;
	request->u.list.count = count < DOMAINS_LIST_ROWS ? count : DOMAINS_LIST_ROWS;
	rc = hypercall_call(machine->xc, __HYPERVISOR_sysctl, hypercall_pointer(request));
	if (rc < 0) {
		return (int)rc;
	}
	for (i = 0; i < request->u.list.count && i < count; i++) {
		const struct control_info *row = &machine->rows[i];

		states[i].domid = row->domid;
		states[i].is_dying = row->flags & CONTROL_INFO_DYING;
		states[i].is_shutdown = row->flags & CONTROL_INFO_SHUTDOWN;
		memcpy(states[i].handle, row->handle, sizeof(states[i].handle));
	}
	return (int)i;
}

static int domains_query(void *context, uint16_t domid, struct domains_state *state)
{
	int rc = domains_list(context, domid, state, 1);

	if (rc < 0) {
		return rc;
	}
	return rc == 1 && state->domid == domid ? 0 : -ENOENT;
}

static int domains_changes(void *context, uint16_t *domids, uint32_t count)
{
	struct domains_machine *machine = context;
	struct control_sys *request = machine->request;
	const struct control_changes *changes = &request->u.changes;
	uint32_t i;
	long rc;

	if (count < CONTROL_CHANGES_ROOM) {
		return -EINVAL;
	}
	memset(request, 0, sizeof(*request));
	request->version = CONTROL_VERSION;
	request->cmd = CONTROL_SYS_CHANGES;
	request->u.changes.pos = machine->changes_seen;
	rc = hypercall_call(machine->xc, __HYPERVISOR_sysctl, hypercall_pointer(request));
	if (rc < 0) {
		return (int)rc;
	}
	machine->changes_seen = changes->pos;
	if (changes->flags & CONTROL_CHANGES_ALL) {
		return -ERANGE;
	}
	for (i = 0; i < changes->count && i < CONTROL_CHANGES_ROOM; i++) {
		domids[i] = changes->domids[i];
	}
	return (int)i;
}

const struct domains_ops domains_machine_ops = {
	.map_ring = domains_map_ring,
	.unmap_ring = domains_unmap_ring,
	.bind = domains_bind,
	.unbind = domains_unbind,
	.notify = domains_notify,
	.query = domains_query,
	.list = domains_list,
	.changes = domains_changes,
};
