/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control hypercalls (public/control.h) as functions.
 *
 * struct control is one open connection with its argument buffer. Functions return 0 or a positive
 * result, or -errno as the hypervisor gave it; control_fail() turns that into an error that names
 * the object, and knows the cases that have nothing to do with it: no privilege, another
 * hypervisor, another version.
 */
#ifndef TOOLSTACK_LIB_CONTROL_H
#define TOOLSTACK_LIB_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "public/control.h"

struct cpu_set;
struct error;
struct xenctl;

struct control {
	struct xenctl *xc;
	void *page;		/* arguments: fit for hypercalls */
	uint32_t peer_version;	/* what the hypervisor answered, when it refused ours */
};

int control_open(struct control *control, struct error *error);
void control_close(struct control *control);

/* Issues @op on @domid and copies the answer back into @op. */
int control_dom(struct control *control, uint16_t domid, uint32_t cmd, struct control_dom *op);
int control_sys(struct control *control, uint32_t cmd, struct control_sys *op);
/* Operations without arguments. */
int control_dom_simple(struct control *control, uint16_t domid, uint32_t cmd);

/* -ESRCH when there is no such domain. */
int control_info(struct control *control, uint16_t domid, struct control_info *info);

/* All domains in order of id, in memory that the caller frees; the number of rows, or -errno. */
int control_list(struct control *control, struct control_info **rows);

/*
 * Ids of domains that stopped, began to die or vanished since *@pos, which advances; their number, 0 when these were all. -ERANGE: read
 * the list instead (*@pos was 0 or is too old).
 */
int control_changes(struct control *control, uint64_t *pos, uint16_t domids[CONTROL_CHANGES_ROOM]);

/* Fills in CONTROL_DOM_SET_AFFINITY but for the vCPU: where it may run, where rather; NULL: as it is. */
void control_set_affinity(struct control_dom *op, const struct cpu_set *may, const struct cpu_set *rather);

int control_physinfo(struct control *control, struct control_physinfo *out);

/* How many of @granter's grants @domid has mapped. */
int control_grants_held(struct control *control, uint16_t domid, uint16_t granter, uint32_t *count);

/* Destroys and waits until the hypervisor has nothing left to do. -ESRCH: there is none. */
int control_destroy(struct control *control, uint16_t domid);

/* Records why @rc, the answer to "cannot @action", was given about @object. Returns rc. */
int control_fail(struct control *control, int rc, const char *object, const char *action,
		 struct error *error);

/* Adds to @error, as its hint, the rule that refused the domain's latest request, if one is kept. */
void control_hint_refusal(struct control *control, uint16_t domid, struct error *error);

/* Memory whose address may stand in an operation; zeroed. */
void *control_buffer_get(struct control *control, uint64_t bytes);
void control_buffer_put(struct control *control, void *buffer, uint64_t bytes);

#endif
