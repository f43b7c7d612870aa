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

/*
 * The same about frame @mfn, which may be anything: what it is at this moment is kept too. The arguments are @arg and the frame's number.
 * A frame that is no RAM, or that the hypervisor does not know, has no facts.
 */
void refusal_record_frame(struct domain *d, const char *op, const char *rule, u64 arg, mfn_t mfn);

#define REFUSAL_FRAME_KNOWN   1u
#define REFUSAL_FRAME_PINNED  2u
#define REFUSAL_FRAME_PARTIAL 4u

/* One record, as dom0 reads it. */
struct refusal_out {
	u64 time_ns;          /* of the last time */
	const char *op, *rule;
	u64 args[2];
	u32 times;            /* in a row */
	u32 frame_refs;       /* what follows: of frame args[1], if REFUSAL_FRAME_KNOWN */
	u32 frame_type_refs;
	u16 frame_owner;
	u8 frame_type;        /* PGT_* >> PGT_SHIFT */
	u8 frame_flags;       /* REFUSAL_FRAME_* */
};
/*
 * Copies at most @max records from position *@pos on (positions count refusals; what has been overwritten is skipped), oldest
 * first, and advances *@pos. Returns how many.
 */
u32 refusal_read(struct domain *d, u64 *pos, struct refusal_out *out, u32 max);
/* For the end of a domain. */
void refusal_free(struct domain *d);

/* Records and yields @err, for `return refuse(...)`. */
static inline int refuse(struct domain *d, int err, const char *op, const char *rule, u64 arg0, u64 arg1)
{
	refusal_record(d, op, rule, arg0, arg1);
	return err;
}

static inline int refuse_frame(struct domain *d, int err, const char *op, const char *rule, u64 arg, mfn_t mfn)
{
	refusal_record_frame(d, op, rule, arg, mfn);
	return err;
}

#endif
