/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations of all verbs, for the table alone.
 */
#ifndef TOOLSTACK_CMD_VERBS_H
#define TOOLSTACK_CMD_VERBS_H

struct verb;

extern const struct verb verb_block_attach;
extern const struct verb verb_block_detach;
extern const struct verb verb_block_list;
extern const struct verb verb_block_resize;
extern const struct verb verb_channel_list;
extern const struct verb verb_claims;
extern const struct verb verb_config_convert;
extern const struct verb verb_config_update;
extern const struct verb verb_console;
extern const struct verb verb_cpupool_list;
extern const struct verb verb_create;
extern const struct verb verb_destroy;
extern const struct verb verb_dmesg;
extern const struct verb verb_doctor;
extern const struct verb verb_domid;
extern const struct verb verb_domname;
extern const struct verb verb_dump_core;
extern const struct verb verb_help;
extern const struct verb verb_info;
extern const struct verb verb_kernel_unpack;
extern const struct verb verb_list;
extern const struct verb verb_mem_max;
extern const struct verb verb_mem_set;
extern const struct verb verb_network_attach;
extern const struct verb verb_network_detach;
extern const struct verb verb_network_list;
extern const struct verb verb_pause;
extern const struct verb verb_reboot;
extern const struct verb verb_rename;
extern const struct verb verb_sched_credit;
extern const struct verb verb_sched_credit2;
extern const struct verb verb_sharing;
extern const struct verb verb_shutdown;
extern const struct verb verb_sysrq;
extern const struct verb verb_top;
extern const struct verb verb_trigger;
extern const struct verb verb_debug_keys;
extern const struct verb verb_set_parameters;
extern const struct verb verb_unpause;
extern const struct verb verb_uptime;
extern const struct verb verb_vcpu_list;
extern const struct verb verb_vcpu_pin;
extern const struct verb verb_vcpu_set;
extern const struct verb verb_version;
extern const struct verb verb_vm_list;
extern const struct verb verb_why;

#endif
