// SPDX-License-Identifier: GPL-2.0-only
/*
 * The s-expression of domain_report.h. Atoms that hold blanks, parentheses or quotes stand in
 * single quotes with backslashes, as readers of that format take them.
 */
#include "lib/domain_report.h"

#include <string.h>

#include "lib/uuid.h"
#include "public/control.h"

#define REPORT_PAGES_PER_MIB 256ull

static void sxp_atom(FILE *out, const char *text)
{
	const char *p;

	if (text[0] != '\0' && text[strcspn(text, " \t\r\n()'\"\\")] == '\0') {
		fputs(text, out);
		return;
	}
	putc('\'', out);
	for (p = text; *p != '\0'; p++) {
		if (*p == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*p == '\'' || *p == '\\') {
			putc('\\', out);
		}
		putc(*p, out);
	}
	putc('\'', out);
}

static void sxp_text(FILE *out, unsigned int level, const char *key, const char *value)
{
	if (value[0] != '\0') {
		fprintf(out, "%*s(%s ", (int)level * 4, "", key);
		sxp_atom(out, value);
		fputs(")\n", out);
	}
}

static void sxp_number(FILE *out, const char *key, uint64_t value)
{
	fprintf(out, "    (%s %llu)\n", key, (unsigned long long)value);
}

static void sxp_disk(FILE *out, const struct disk_config *disk)
{
	char uname[DISK_TARGET_BYTES + 8];

	snprintf(uname, sizeof(uname), "%s:%s",
		 disk->backend == DISK_BACKEND_KERNEL ? "phy" : "file", disk->target);
	fputs("    (device\n        (vbd\n", out);
	sxp_text(out, 3, "uname", uname);
	sxp_text(out, 3, "dev", disk->vdev);
	sxp_text(out, 3, "mode", disk->is_shared ? "w!" : disk->is_read_only ? "r" : "w");
	sxp_text(out, 3, "format", disk->format);
	fputs("        )\n    )\n", out);
}

static void sxp_vif(FILE *out, const struct vif_config *vif)
{
	char mac[VIF_MAC_TEXT_BYTES] = "";

	if (vif->has_mac) {
		vif_format_mac(vif->mac, mac);
	}
	fputs("    (device\n        (vif\n", out);
	sxp_text(out, 3, "mac", mac);
	sxp_text(out, 3, "bridge", vif->bridge);
	sxp_text(out, 3, "vifname", vif->link);
	sxp_text(out, 3, "script", vif->script);
	sxp_text(out, 3, "ip", vif->ip);
	fputs("        )\n    )\n", out);
}

static void sxp_actions(FILE *out, const struct domain_config *config)
{
	sxp_text(out, 1, "on_poweroff", domain_action_name(config->on[DOMAIN_EVENT_POWEROFF]));
	sxp_text(out, 1, "on_reboot", domain_action_name(config->on[DOMAIN_EVENT_REBOOT]));
	sxp_text(out, 1, "on_crash", domain_action_name(config->on[DOMAIN_EVENT_CRASH]));
}

static void sxp_image(FILE *out, const struct domain_config *config)
{
	fputs("    (image\n        (linux\n", out);
	sxp_text(out, 3, "kernel", config->kernel);
	sxp_text(out, 3, "ramdisk", config->ramdisk);
	sxp_text(out, 3, "args", config->cmdline);
	fputs("        )\n    )\n", out);
}

static void sxp_head(FILE *out, const struct domain_report *report)
{
	const struct domain_config *config = report->config;
	const struct control_info *info = report->info;
	char uuid[UUID_TEXT_BYTES];

	uuid_format(config->uuid, uuid);
	fputs("(domain\n", out);
	if (info != NULL) {
		sxp_number(out, "domid", info->domid);
	}
	sxp_text(out, 1, "name", config->name);
	if (info != NULL) {
		fprintf(out, "    (cpu_time %.3f)\n", (double)info->cpu_time_ns / 1e9);
		sxp_text(out, 1, "state", report->state);
	}
	sxp_text(out, 1, "uuid", uuid);
	sxp_number(out, "memory", info != NULL ? info->tot_pages / REPORT_PAGES_PER_MIB :
						 config->memory_mib);
	sxp_number(out, "maxmem", info != NULL ? info->max_pages / REPORT_PAGES_PER_MIB :
						 config->maxmem_mib);
	sxp_number(out, "vcpus", info != NULL ? info->vcpus : config->maxvcpus);
	sxp_number(out, "online_vcpus", info != NULL ? info->online_vcpus : config->vcpus);
}

void domain_report_sxp(FILE *out, const struct domain_report *report)
{
	const struct domain_config *config = report->config;
	uint32_t i;

	sxp_head(out, report);
	sxp_actions(out, config);
	if (config->kernel[0] != '\0') {
		sxp_image(out, config);
	}
	for (i = 0; i < config->disk_count; i++) {
		sxp_disk(out, &config->disks[i]);
	}
	for (i = 0; i < config->vif_count; i++) {
		sxp_vif(out, &config->vifs[i]);
	}
	fputs(")\n", out);
}
