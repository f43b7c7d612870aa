/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whom a hypercall is about: raw domain ids to referenced domains, with the one rule that only a privileged domain may name others.
 */
#ifndef LAMINA_HYPERCALL_TARGET_H
#define LAMINA_HYPERCALL_TARGET_H

#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "x86/pcpu.h"

/*
 * *ret is the domain that @raw names, with a reference: target_put(). DOMID_SELF and the caller's own id name the caller. -EPERM for others
 * unless the caller is privileged, -ESRCH if there is none or it is being torn down.
 */
static inline int target_get(u16 raw, struct domain **ret)
{
	struct domain *cur = current_vcpu()->domain;

	if (likely(raw == DOMID_SELF_RAW || raw == cur->id.v)) {
		domain_ref(cur);
		*ret = cur;
		return 0;
	}
	if (!cur->privileged) {
		return -EPERM;
	}
	*ret = raw < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(raw)) : NULL;
	if (!*ret) {
		return -ESRCH;
	}
	if (domain_is_dying(*ret)) {
		domain_put(*ret);
		return -ESRCH;
	}
	return 0;
}

static inline void target_put(struct domain *d)
{
	domain_put(d);
}

#endif
