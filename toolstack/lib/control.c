// SPDX-License-Identifier: GPL-2.0-only
/*
 * The argument block lives in a page that the kernel keeps resident; operations are copied in and
 * out of it, so that callers may use ordinary memory for everything but large buffers.
 */
#include "lib/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "public/hypercall.h"
#include "lib/cpu_set.h"
#include "sys/error.h"
#include "sys/privcmd.h"

#define CONTROL_PAGE_BYTES 4096u
/* In the argument page, behind the operation: a place for rows and infos. */
#define CONTROL_ROWS_OFFSET 512u
#define CONTROL_FEW_ROWS ((CONTROL_PAGE_BYTES - CONTROL_ROWS_OFFSET) / sizeof(struct control_info))
#define CONTROL_MANY_ROWS 512u
/* Domain ids end below the reserved ones. */
#define CONTROL_MAX_ROWS 0x7ff0u

int control_open(struct control *control, struct error *error)
{
	int rc;

	memset(control, 0, sizeof(*control));
	rc = xenctl_open(&control->xc, error);
	if (rc < 0) {
		return rc;
	}
	control->page = xenctl_buffer_get(control->xc, CONTROL_PAGE_BYTES);
	if (control->page == NULL) {
		xenctl_close(control->xc);
		return error_set(error, ENOMEM, NULL, "no memory for hypercalls");
	}
	return 0;
}

void control_close(struct control *control)
{
	if (control->xc == NULL) {
		return;
	}
	xenctl_buffer_put(control->xc, control->page, CONTROL_PAGE_BYTES);
	xenctl_close(control->xc);
	control->xc = NULL;
}

void *control_buffer_get(struct control *control, uint64_t bytes)
{
	return xenctl_buffer_get(control->xc, bytes);
}

void control_buffer_put(struct control *control, void *buffer, uint64_t bytes)
{
	xenctl_buffer_put(control->xc, buffer, bytes);
}

int control_dom(struct control *control, uint16_t domid, uint32_t cmd, struct control_dom *op)
{
	struct control_dom *arg = control->page;
	long rc;

	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	op->domid = domid;
	*arg = *op;
	rc = hypercall_call(control->xc, __HYPERVISOR_domctl, hypercall_pointer(arg));
	*op = *arg;
	control->peer_version = op->version;
	return (int)rc;
}

int control_sys(struct control *control, uint32_t cmd, struct control_sys *op)
{
	struct control_sys *arg = control->page;
	long rc;

	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	*arg = *op;
	rc = hypercall_call(control->xc, __HYPERVISOR_sysctl, hypercall_pointer(arg));
	*op = *arg;
	control->peer_version = op->version;
	return (int)rc;
}

int control_dom_simple(struct control *control, uint16_t domid, uint32_t cmd)
{
	struct control_dom op = { 0 };

	return control_dom(control, domid, cmd, &op);
}

int control_info(struct control *control, uint16_t domid, struct control_info *info)
{
	struct control_info *place = (void *)((char *)control->page + CONTROL_ROWS_OFFSET);
	struct control_dom op = { .u.info = hypercall_pointer(place) };
	int rc = control_dom(control, domid, CONTROL_DOM_INFO, &op);

	if (rc == 0) {
		*info = *place;
	}
	return rc;
}

/* Appends rows from @first on, read into @place; the number added, or -errno. */
static int control_list_part(struct control *control, uint32_t first, struct control_info *place,
			     uint32_t room)
{
	struct control_sys op = {
		.u.list = { .buffer = hypercall_pointer(place), .first = first, .count = room },
	};
	int rc = control_sys(control, CONTROL_SYS_LIST, &op);

	if (rc < 0) {
		return rc;
	}
	return op.u.list.count <= room ? (int)op.u.list.count : -EPROTO;
}

static int control_append_rows(struct control_info **rows, uint32_t have,
			       const struct control_info *more, uint32_t count)
{
	struct control_info *grown = realloc(*rows, (have + count + 1) * sizeof(**rows));

	if (grown == NULL) {
		return -ENOMEM;
	}
	memcpy(grown + have, more, count * sizeof(*grown));
	*rows = grown;
	return 0;
}

/* Few domains need no memory; many need large steps. A part may be short without being the last: only an empty one is the end. */
int control_list(struct control *control, struct control_info **rows)
{
	struct control_info *place = (void *)((char *)control->page + CONTROL_ROWS_OFFSET);
	uint32_t room = CONTROL_FEW_ROWS;
	uint32_t have = 0;
	uint32_t first = 0;
	void *large = NULL;
	int got;
	int rc = 0;

	*rows = NULL;
	do {
		got = control_list_part(control, first, large != NULL ? large : place, room);
		rc = got < 0 ? got : control_append_rows(rows, have, large != NULL ? large : place,
							 (uint32_t)got);
		if (rc < 0 || got == 0) {
			break;
		}
		have += (uint32_t)got;
		first = (uint32_t)(*rows)[have - 1].domid + 1;
		if (large == NULL && got == (int)room) {
			room = CONTROL_MANY_ROWS;
			large = control_buffer_get(control, room * sizeof(**rows));
			rc = large == NULL ? -ENOMEM : 0;
		}
	} while (rc == 0 && first < CONTROL_MAX_ROWS);
	control_buffer_put(control, large, CONTROL_MANY_ROWS * sizeof(**rows));
	if (rc < 0) {
		free(*rows);
		*rows = NULL;
		return rc;
	}
	return (int)have;
}

int control_changes(struct control *control, uint64_t *pos, uint16_t domids[CONTROL_CHANGES_ROOM])
{
	struct control_sys op = { .u.changes.pos = *pos };
	int rc = control_sys(control, CONTROL_SYS_CHANGES, &op);

	if (rc < 0) {
		return rc;
	}
	*pos = op.u.changes.pos;
	if ((op.u.changes.flags & CONTROL_CHANGES_ALL) != 0) {
		return -ERANGE;
	}
	if (op.u.changes.count > CONTROL_CHANGES_ROOM) {
		return -EPROTO;
	}
	memcpy(domids, op.u.changes.domids, sizeof(op.u.changes.domids));
	return (int)op.u.changes.count;
}

void control_set_affinity(struct control_dom *op, const struct cpu_set *may, const struct cpu_set *rather)
{
	_Static_assert(sizeof(*may) == sizeof(op->u.vcpu.affinity) && sizeof(*rather) == sizeof(op->u.vcpu.soft),
		       "one bit per processor");
	op->u.vcpu.flags = (may != NULL ? CONTROL_AFFINITY_HARD : 0) | (rather != NULL ? CONTROL_AFFINITY_SOFT : 0);
	if (may != NULL) {
		memcpy(op->u.vcpu.affinity, may, sizeof(*may));
	}
	if (rather != NULL) {
		memcpy(op->u.vcpu.soft, rather, sizeof(*rather));
	}
}

int control_physinfo(struct control *control, struct control_physinfo *out)
{
	struct control_sys op = { 0 };
	int rc = control_sys(control, CONTROL_SYS_PHYSINFO, &op);

	if (rc == 0) {
		*out = op.u.physinfo;
	}
	return rc;
}

int control_grants_held(struct control *control, uint16_t domid, uint16_t granter, uint32_t *count)
{
	struct control_dom op = { .u.grants_held.granter = granter };
	int rc;

	*count = 0;
	do {
		rc = control_dom(control, domid, CONTROL_DOM_GRANTS_HELD, &op);
		if (rc < 0) {
			return rc;
		}
		*count += op.u.grants_held.count;
	} while (op.u.grants_held.next != 0);
	return 0;
}

int control_destroy(struct control *control, uint16_t domid)
{
	int rc;

	do {
		rc = control_dom_simple(control, domid, CONTROL_DOM_DESTROY);
	} while (rc == -EAGAIN);
	return rc;
}

int control_fail(struct control *control, int rc, const char *object, const char *action,
		 struct error *error)
{
	if (rc == -EACCES && control->peer_version != CONTROL_VERSION) {
		return error_set(error, EACCES, "control interface",
				 "this tool speaks version %u, the hypervisor version %u",
				 CONTROL_VERSION, control->peer_version);
	}
	if (rc == -EACCES || rc == -ENOSYS) {
		return error_set(error, -rc, "control interface",
				 "the hypervisor is not Lamina, or of another version");
	}
	if (rc == -EPERM) {
		return error_set(error, EPERM, "control interface",
				 "this domain may not control others: not in dom0");
	}
	return error_set(error, -rc, object, "cannot %s: %s", action, strerror(-rc));
}

/* Walks to the newest record: the hypervisor hands them out oldest first. */
void control_hint_refusal(struct control *control, uint16_t domid, struct error *error)
{
	const uint32_t room = CONTROL_PAGE_BYTES / sizeof(struct control_refusal);
	struct control_refusal *rows = control_buffer_get(control, CONTROL_PAGE_BYTES);
	struct control_dom op = { 0 };
	uint64_t pos = 0;
	uint32_t got = 0;

	if (rows == NULL) {
		return;
	}
	do {
		op.u.refusals = (struct control_refusals){
			.buffer = hypercall_pointer(rows), .count = room, .pos = pos,
		};
		if (control_dom(control, domid, CONTROL_DOM_REFUSALS, &op) < 0 ||
		    op.u.refusals.count > room || op.u.refusals.pos <= pos) {
			break;
		}
		pos = op.u.refusals.pos;
		got = op.u.refusals.count != 0 ? op.u.refusals.count : got;
	} while (op.u.refusals.count == room);
	if (got != 0) {
		error_set_hint(error, "the hypervisor refused %.40s: %.120s", rows[got - 1].operation,
			       rows[got - 1].rule);
	}
	control_buffer_put(control, rows, CONTROL_PAGE_BYTES);
}
