// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hypercalls that kernels issue to find out whether they exist, and that this hypervisor does not have: HVM parameters,
 * performance counters, machine-check logs.
 */
#include "hypercall/hypercall.h"
#include "lib/errno.h"

HYPERCALL(hvm_op)
{
	(void)a1; (void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	return -ENOSYS;
}

/* Stock kernels print an error for any other answer. */
HYPERCALL(xenpmu_op)
{
	(void)a1; (void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	return -EOPNOTSUPP;
}

HYPERCALL(mca)
{
	(void)a1; (void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	return -ENOSYS;
}
