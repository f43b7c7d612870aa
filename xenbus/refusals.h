/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the store refused lately, and by which rule: what `lam why` shows beside the hypervisor's refusals.
 *
 * A table of fixed size. No domain has more than a share of it, so one that is refused all the time
 * pushes out its own records only. It is lost when the daemon restarts.
 */
#ifndef XENBUS_REFUSALS_H
#define XENBUS_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#define REFUSALS_KEPT 256
#define REFUSALS_PER_DOMAIN 16
#define REFUSALS_PATH_BYTES 100

struct request;

struct refusal {
	uint64_t number;	/* of the refusal, from 1 on; 0: a free place */
	uint64_t time_ms;	/* of the last time */
	uint32_t times;		/* in a row */
	uint32_t type;		/* XS_* */
	uint32_t limit;		/* of the quota, when the rule is one */
	uint16_t domid;
	int16_t error;		/* errno */
	const char *rule;
	char path[REFUSALS_PATH_BYTES];	/* printable; the request's first string */
};

struct refusals {
	uint64_t last;
	struct refusal kept[REFUSALS_KEPT];
};

/* @request was refused with @error (-errno). Errors that say nothing about rights and limits are left out. */
void refusals_record(struct refusals *refusals, const struct request *request, int error);
/* What @domid was refused is forgotten: it is gone. */
void refusals_forget(struct refusals *refusals, uint16_t domid);
/*
 * The records of @domid as lines, oldest first: "<age in ms> <times> <operation> <error>\t<path>\t<rule>". Returns the length; what
 * does not fit is left out.
 */
size_t refusals_format(const struct refusals *refusals, uint16_t domid, char *text, size_t bytes);

#endif
