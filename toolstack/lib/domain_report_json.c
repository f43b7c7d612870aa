// SPDX-License-Identifier: GPL-2.0-only
/*
 * The JSON form of domain_report.h. Programs look for "domid" two levels deep and for "name" with
 * another key behind it: the order of keys is part of the format.
 */
#include "lib/domain_report.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/uuid.h"
#include "public/control.h"

#define REPORT_KIB_PER_PAGE 4ull
#define REPORT_KIB_PER_MIB 1024ull

static void report_create_info(struct json *json, const struct domain_config *config)
{
	char uuid[UUID_TEXT_BYTES];

	uuid_format(config->uuid, uuid);
	json_map(json, "c_info");
	json_text(json, "type", "pv");
	json_text(json, "name", config->name);
	json_text(json, "uuid", uuid);
	json_text(json, "run_hotplug_scripts", "True");
	json_end(json);
}

static void report_memory(struct json *json, const struct domain_report *report)
{
	const struct domain_config *config = report->config;
	const struct control_info *info = report->info;

	json_number(json, "max_memkb", info != NULL ? info->max_pages * REPORT_KIB_PER_PAGE :
				       config->maxmem_mib * REPORT_KIB_PER_MIB);
	json_number(json, "target_memkb", info != NULL ? info->tot_pages * REPORT_KIB_PER_PAGE :
					  config->memory_mib * REPORT_KIB_PER_MIB);
}

static void report_build_info(struct json *json, const struct domain_report *report)
{
	const struct domain_config *config = report->config;
	uint32_t vcpus = report->info != NULL ? report->info->vcpus : config->maxvcpus;
	uint32_t i;

	json_map(json, "b_info");
	json_number(json, "max_vcpus", vcpus);
	json_list(json, "avail_vcpus");
	for (i = 0; i < vcpus && i < config->vcpus; i++) {
		json_number(json, NULL, i);
	}
	json_end(json);
	report_memory(json, report);
	json_map(json, "sched_params");
	if (config->weight != 0) {
		json_number(json, "weight", config->weight);
	}
	json_number(json, "cap", config->cap_percent);
	json_end(json);
	json_text_if(json, "kernel", config->kernel);
	json_text_if(json, "ramdisk", config->ramdisk);
	json_text_if(json, "cmdline", config->cmdline);
	if (config->max_grant_frames != 0) {
		json_number(json, "max_grant_frames", config->max_grant_frames);
	}
	if (config->max_ports != 0) {
		json_number(json, "event_channels", config->max_ports);
	}
	json_map(json, "type.pv");
	json_end(json);
	json_end(json);
}

static void report_disk(struct json *json, const struct disk_config *disk)
{
	json_map(json, NULL);
	json_text(json, "pdev_path", disk->target);
	json_text(json, "vdev", disk->vdev);
	json_text(json, "backend", disk->backend == DISK_BACKEND_OURS ? "qdisk" : "phy");
	json_text(json, "format", disk_format_name(disk));
	json_text_if(json, "script", disk->script);
	json_number(json, "readwrite", disk->is_read_only ? 0 : 1);
	json_text(json, "discard_enable", disk->no_discard ? "False" : "True");
	json_end(json);
}

static void report_nic(struct json *json, const struct vif_config *vif)
{
	char mac[VIF_MAC_TEXT_BYTES];

	json_map(json, NULL);
	json_number(json, "devid", vif->number);
	if (vif->mtu != 0) {
		json_number(json, "mtu", vif->mtu);
	}
	if (vif->has_mac) {
		vif_format_mac(vif->mac, mac);
		json_text(json, "mac", mac);
	}
	json_text_if(json, "ip", vif->ip);
	json_text_if(json, "bridge", vif->bridge);
	json_text_if(json, "ifname", vif->link);
	json_text_if(json, "script", vif->script);
	json_text(json, "nictype", "vif");
	if (vif->rate_bytes != 0) {
		json_number(json, "rate_bytes_per_interval", vif->rate_bytes);
		json_number(json, "rate_interval_usecs", vif->rate_interval_us);
	}
	json_text_if(json, "gatewaydev", vif->gateway_device);
	json_end(json);
}

static void report_devices(struct json *json, const struct domain_config *config)
{
	uint32_t i;

	if (config->disk_count != 0) {
		json_list(json, "disks");
		for (i = 0; i < config->disk_count; i++) {
			report_disk(json, &config->disks[i]);
		}
		json_end(json);
	}
	if (config->vif_count != 0) {
		json_list(json, "nics");
		for (i = 0; i < config->vif_count; i++) {
			report_nic(json, &config->vifs[i]);
		}
		json_end(json);
	}
}

static void report_actions(struct json *json, const struct domain_config *config)
{
	static const char *const names[DOMAIN_EVENT_COUNT] = {
		"on_poweroff", "on_reboot", "on_crash", "on_watchdog", "on_soft_reset",
	};
	unsigned int i;

	for (i = 0; i < DOMAIN_EVENT_COUNT; i++) {
		char action[32];
		char *dash;

		snprintf(action, sizeof(action), "%s", domain_action_name(config->on[i]));
		dash = strchr(action, '-');
		if (dash != NULL) {
			*dash = '_';
		}
		json_text(json, names[i], action);
	}
}

void domain_report_json(struct json *json, const struct domain_report *report)
{
	const struct control_info *info = report->info;

	json_map(json, NULL);
	if (info != NULL) {
		json_number(json, "domid", info->domid);
	} else {
		json_null(json, "domid");
	}
	json_map(json, "config");
	report_create_info(json, report->config);
	report_build_info(json, report);
	report_devices(json, report->config);
	report_actions(json, report->config);
	json_end(json);
	if (info != NULL) {
		json_text(json, "state", report->state);
		json_number(json, "online_vcpus", info->online_vcpus);
		json_number(json, "event_channels", info->event_channels);
		json_number(json, "mapped_grants", info->mapped_grants);
		json_decimal(json, "cpu_time", (double)info->cpu_time_ns / 1e9);
	}
	json_end(json);
}
