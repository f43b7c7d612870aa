/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole trees of page tables, made read-only and pinned (or the reverse) in one preemptible call (pv/pt_tree.c).
 */
#ifndef LAMINA_PV_PT_TREE_H
#define LAMINA_PV_PT_TREE_H

#include "lib/types.h"
#include "public/extension.h"

struct domain;

/*
 * Both go on where @t stands and take down in it how far they came: @t is the caller's copy of the guest's structure. 0: done, or the array
 * of @t is full. Errors: -EINVAL (a frame is not the domain's, the direct map does not lead to it, a bad position), -EBUSY (in other use),
 * -EFAULT (the array), -ERESTART. What was done stays done.
 */
int pt_tree_pin(struct domain *d, struct lamina_tree *t) __must_check;
int pt_tree_unpin(struct domain *d, struct lamina_tree *t) __must_check;

#endif
