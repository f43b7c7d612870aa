/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a request was refused. Every hypercall that returns an error for a reason the guest could not guess records it here: a
 * small ring per domain, allocated at the first refusal, read by dom0 (`lam why`). Recording never fails and costs nothing on
 * the success path.
 */
#ifndef LAMINA_CORE_REFUSAL_H
#define LAMINA_CORE_REFUSAL_H

#include "lib/types.h"

struct domain;

/*
 * Records that @d's operation @op (a literal) was refused because of @rule (a literal sentence); @arg0..1 are the operation's
 * decisive arguments. Any context without the domain's refusal lock. Also logged at debug level, rate limited.
 */
void refusal_record(struct domain *d, const char *op, const char *rule, u64 arg0, u64 arg1);

/* Records and yields @err, for `return refuse(...)`. */
static inline int refuse(struct domain *d, int err, const char *op, const char *rule, u64 arg0, u64 arg1)
{
	refusal_record(d, op, rule, arg0, arg1);
	return err;
}

#endif
