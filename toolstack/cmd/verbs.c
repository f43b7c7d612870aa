// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of verbs, in the order of help, and the verbs of xl that are known and missing.
 */
#include "cmd/verbs.h"

#include <string.h>

#include "cmd/verb.h"
#include "lib/suggest.h"

static const struct verb *const verbs[] = {
	&verb_create, &verb_list,    &verb_console, &verb_shutdown, &verb_reboot,
	&verb_destroy, &verb_pause,  &verb_unpause, &verb_info,	    &verb_dmesg,
	&verb_domid,  &verb_domname, &verb_uptime,  &verb_why,	    &verb_help,
	&verb_doctor,
	&verb_version,
	&verb_block_attach, &verb_block_detach, &verb_block_resize, &verb_block_list,
	&verb_config_convert, &verb_kernel_unpack,
	&verb_network_attach, &verb_network_detach, &verb_network_list,
	&verb_vcpu_list, &verb_vcpu_pin, &verb_vcpu_set, &verb_sched_credit2, &verb_sched_credit,
	&verb_mem_set, &verb_mem_max, &verb_claims,
	&verb_rename, &verb_config_update, &verb_sysrq, &verb_vm_list, &verb_cpupool_list, &verb_sharing,
	&verb_channel_list, &verb_dump_core, &verb_top, &verb_trigger,
	&verb_debug_keys, &verb_set_parameters,
};

static const struct {
	const char *names;
	const char *text;
} missing[] = {
	{ "save restore migrate migrate-receive suspend resume remus",
	  "not yet: Lamina cannot save, restore or migrate domains" },
	{ "sched-rtds sched-null sched-arinc653",
	  "not supported: there is one scheduler; sched-credit2 sets weights and caps" },
	{ "cd-insert cd-eject vncviewer button-press qemu-monitor-command psr-hwinfo "
	  "psr-cmt-attach psr-cmt-detach psr-cmt-show psr-cat-set psr-cat-show psr-mba-set "
	  "psr-mba-show altp2m fork-vm",
	  "not supported: it concerns hardware-virtualised domains, Lamina runs paravirtual ones" },
	{ "cpupool-create cpupool-destroy cpupool-rename cpupool-cpu-add "
	  "cpupool-cpu-remove cpupool-migrate cpupool-numa-split pci-attach pci-detach pci-list "
	  "pci-assignable-add pci-assignable-remove pci-assignable-list usbctrl-attach "
	  "usbctrl-detach usbdev-attach usbdev-detach usb-list vtpm-attach vtpm-detach vtpm-list "
	  "vkb-attach vkb-detach vkb-list vdispl-attach vdispl-detach vdispl-list vsnd-attach "
	  "vsnd-detach vsnd-list loadpolicy getenforce setenforce tmem-list",
	  "not supported by Lamina" },
};

const struct verb *verb_at(size_t index)
{
	return index < sizeof(verbs) / sizeof(verbs[0]) ? verbs[index] : NULL;
}

const struct verb *verb_find(const char *name)
{
	size_t i;

	for (i = 0; verb_at(i) != NULL; i++) {
		if (strcmp(verbs[i]->name, name) == 0) {
			return verbs[i];
		}
	}
	return NULL;
}

static bool verb_is_listed(const char *names, const char *name)
{
	size_t length = strlen(name);
	const char *at = names;

	while (length != 0 && (at = strstr(at, name)) != NULL) {
		if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
			return true;
		}
		at += length;
	}
	return false;
}

const char *verb_why_missing(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (strchr(name, ' ') == NULL && verb_is_listed(missing[i].names, name)) {
			return missing[i].text;
		}
	}
	return NULL;
}

const char *verb_nearest(const char *name)
{
	struct suggest suggest;
	size_t i;

	suggest_start(&suggest, name);
	for (i = 0; verb_at(i) != NULL; i++) {
		suggest_offer(&suggest, verb_at(i)->name);
	}
	return suggest_result(&suggest);
}
