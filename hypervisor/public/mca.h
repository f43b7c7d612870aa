/* SPDX-License-Identifier: MIT */
/*
 * mca: numbers of the machine check and performance counter hypercalls.
 *
 * A stock kernel asks XEN_MC_physcpuinfo and XENPMU_init once and goes on without either when they
 * are refused; the structures are not part of this ABI.
 */
#ifndef LAMINA_PUBLIC_MCA_H
#define LAMINA_PUBLIC_MCA_H

#define XEN_MCA_INTERFACE_VERSION	0x01ecc003

#define XEN_MC_fetch		1
#define XEN_MC_notifydomain	2
#define XEN_MC_physcpuinfo	3
#define XEN_MC_msrinject	4
#define XEN_MC_mceinject	5
#define XEN_MC_inject_v2	6

#define XENPMU_mode_get		0
#define XENPMU_mode_set		1
#define XENPMU_feature_get	2
#define XENPMU_feature_set	3
#define XENPMU_init		4
#define XENPMU_finish		5
#define XENPMU_lvtpc_set	6
#define XENPMU_flush		7

#endif
