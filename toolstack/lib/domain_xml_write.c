// SPDX-License-Identifier: GPL-2.0-only
/*
 * A domain as libvirt's XML. Memory is said in KiB, the cap as the quota of the whole domain over
 * 100 ms, the rate of an interface in KiB a second.
 */
#include "lib/domain_xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "lib/uuid.h"
#include "sys/error.h"

#define XML_PERIOD_US 100000u
#define XML_CAP_WHOLE 100u
#define XML_KIB_PER_MIB 1024u
#define XML_RATE_INTERVAL_US 50000u

struct xml_writer {
	FILE *out;
	const struct domain_config_warnings *warnings;
};

static void xml_lost(const struct xml_writer *writer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void xml_lost(const struct xml_writer *writer, const char *format, ...)
{
	char what[160];
	char line[240];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (writer->warnings != NULL && writer->warnings->warn != NULL) {
		snprintf(line, sizeof(line), "%s is left out: libvirt's XML cannot say it", what);
		writer->warnings->warn(writer->warnings->context, line);
	}
}

static void xml_escaped(const struct xml_writer *writer, const char *text)
{
	static const char special[] = "<>&'\"\t\n\r";
	static const char *const names[] = { "&lt;", "&gt;", "&amp;", "&apos;", "&quot;",
					     "&#9;", "&#10;", "&#13;" };

	for (; *text != '\0'; text++) {
		const char *found = strchr(special, *text);

		if (found != NULL) {
			fputs(names[found - special], writer->out);
		} else {
			putc(*text, writer->out);
		}
	}
}

static void xml_element(const struct xml_writer *writer, const char *name, const char *text)
{
	if (text[0] != '\0') {
		fprintf(writer->out, "%s<%s>", strcmp(name, "kernel") == 0 ||
				strcmp(name, "initrd") == 0 || strcmp(name, "cmdline") == 0 ?
				"    " : "  ", name);
		xml_escaped(writer, text);
		fprintf(writer->out, "</%s>\n", name);
	}
}

/* <element attribute='value'/> of a device, unless the value is empty. */
static void xml_leaf(const struct xml_writer *writer, const char *element, const char *attribute,
		     const char *value)
{
	if (value[0] != '\0') {
		fprintf(writer->out, "      <%s %s='", element, attribute);
		xml_escaped(writer, value);
		fputs("'/>\n", writer->out);
	}
}

/* One set for all vCPUs is an attribute; a set for each is more than is written here. */
static void xml_write_vcpus(const struct xml_writer *writer, const struct domain_config *config)
{
	char set[CPU_SET_TEXT_BYTES] = "";

	fputs("  <vcpu placement='static'", writer->out);
	if (config->cpus.count == 1) {
		cpu_set_format(&config->cpus.set[0], CPU_SET_CPUS, set, sizeof(set));
	} else if (config->cpus.count > 1) {
		xml_lost(writer, "cpus");
	}
	if (config->cpus_soft.count != 0) {
		xml_lost(writer, "cpus_soft");
	}
	if (set[0] != '\0' && strcmp(set, "all") != 0) {
		fprintf(writer->out, " cpuset='%s'", set);
	}
	fprintf(writer->out, " current='%u'>%u</vcpu>\n", config->vcpus, config->maxvcpus);
}

static void xml_write_head(const struct xml_writer *writer, const struct domain_config *config)
{
	char uuid[UUID_TEXT_BYTES] = "";

	if (config->has_uuid) {
		uuid_format(config->uuid, uuid);
	}
	fputs("<domain type='xen'>\n", writer->out);
	xml_element(writer, "name", config->name);
	xml_element(writer, "uuid", uuid);
	fprintf(writer->out, "  <memory unit='KiB'>%" PRIu64 "</memory>\n",
		config->maxmem_mib * XML_KIB_PER_MIB);
	fprintf(writer->out, "  <currentMemory unit='KiB'>%" PRIu64 "</currentMemory>\n",
		config->memory_mib * XML_KIB_PER_MIB);
	xml_write_vcpus(writer, config);
	if (config->allow_peers != 0) {
		xml_lost(writer, "allow_peers");
	}
	if (config->weight != 0 || config->cap_percent != 0) {
		fputs("  <cputune>\n", writer->out);
		if (config->weight != 0) {
			fprintf(writer->out, "    <shares>%u</shares>\n", config->weight);
		}
		if (config->cap_percent != 0) {
			fprintf(writer->out, "    <global_period>%u</global_period>\n"
				"    <global_quota>%" PRIu64 "</global_quota>\n", XML_PERIOD_US,
				(uint64_t)config->cap_percent * XML_PERIOD_US / XML_CAP_WHOLE);
		}
		fputs("  </cputune>\n", writer->out);
	}
}

static void xml_write_os(const struct xml_writer *writer, const struct domain_config *config)
{
	fputs("  <os>\n    <type arch='x86_64' machine='xenpv'>linux</type>\n", writer->out);
	xml_element(writer, "kernel", config->kernel);
	xml_element(writer, "initrd", config->ramdisk);
	xml_element(writer, "cmdline", config->cmdline);
	fputs("  </os>\n  <clock offset='utc'/>\n", writer->out);
	xml_element(writer, "on_poweroff", domain_action_name(config->on[DOMAIN_EVENT_POWEROFF]));
	xml_element(writer, "on_reboot", domain_action_name(config->on[DOMAIN_EVENT_REBOOT]));
	xml_element(writer, "on_crash", domain_action_name(config->on[DOMAIN_EVENT_CRASH]));
	if (config->on[DOMAIN_EVENT_WATCHDOG] != DOMAIN_ACTION_DESTROY) {
		xml_lost(writer, "on_watchdog");
	}
	if (config->on[DOMAIN_EVENT_SOFT_RESET] != DOMAIN_ACTION_RESTART) {
		xml_lost(writer, "on_soft_reset");
	}
}

static void xml_write_disk(const struct xml_writer *writer, const struct disk_config *disk)
{
	bool is_block = strncmp(disk->target, "/dev/", 5) == 0;
	bool is_kernel = disk->backend == DISK_BACKEND_KERNEL;

	fprintf(writer->out, "    <disk type='%s' device='disk'>\n", is_block ? "block" : "file");
	fprintf(writer->out, "      <driver name='%s'", is_kernel ? "phy" : "qemu");
	if (!is_kernel) {
		fprintf(writer->out, " type='%s'", disk_format_name(disk));
	}
	fprintf(writer->out, "%s/>\n", disk->no_discard ? " discard='ignore'" : "");
	xml_leaf(writer, "source", is_block ? "dev" : "file", disk->target);
	fputs("      <target dev='", writer->out);
	xml_escaped(writer, disk->vdev);
	fputs("' bus='xen'/>\n", writer->out);
	if (disk->is_read_only || disk->is_shared) {
		fprintf(writer->out, "      <%s/>\n", disk->is_read_only ? "readonly" : "shareable");
	}
	if (disk->script[0] != '\0') {
		xml_lost(writer, "script of disk %s", disk->vdev);
	}
	fputs("    </disk>\n", writer->out);
}

static void xml_write_address(const struct xml_writer *writer, const struct vif_config *vif)
{
	const char *slash = strchr(vif->ip, '/');
	size_t length = slash != NULL ? (size_t)(slash - vif->ip) : strlen(vif->ip);

	if (vif->ip[0] == '\0') {
		return;
	}
	if (strspn(vif->ip, "0123456789abcdefABCDEF.:") != length ||
	    (slash != NULL && slash[1 + strspn(slash + 1, "0123456789")] != '\0')) {
		xml_lost(writer, "ip '%.60s' of an interface", vif->ip);
		return;
	}
	fprintf(writer->out, "      <ip address='%.*s' family='%s'", (int)length, vif->ip,
		strchr(vif->ip, ':') != NULL ? "ipv6" : "ipv4");
	if (slash != NULL) {
		fprintf(writer->out, " prefix='%s'", slash + 1);
	}
	fputs("/>\n", writer->out);
}

static void xml_write_rate(const struct xml_writer *writer, const struct vif_config *vif)
{
	uint64_t kib;

	if (vif->rate_bytes == 0) {
		return;
	}
	kib = (vif->rate_bytes * 1000000 / vif->rate_interval_us + 1023) / 1024;
	if (vif->rate_interval_us != XML_RATE_INTERVAL_US) {
		xml_lost(writer, "the interval of an interface's rate");
	}
	if (kib * 1024 * vif->rate_interval_us / 1000000 != vif->rate_bytes) {
		xml_lost(writer, "a fraction of a KiB in an interface's rate");
	}
	fprintf(writer->out, "      <bandwidth>\n        <outbound average='%" PRIu64
		"'/>\n      </bandwidth>\n", kib);
}

static void xml_write_vif(const struct xml_writer *writer, const struct vif_config *vif,
			  uint32_t index)
{
	char mac[VIF_MAC_TEXT_BYTES] = "";
	char mtu[16] = "";

	if (vif->has_mac) {
		vif_format_mac(vif->mac, mac);
	}
	if (vif->mtu != 0) {
		snprintf(mtu, sizeof(mtu), "%u", vif->mtu);
	}
	fprintf(writer->out, "    <interface type='%s'>\n",
		vif->bridge[0] != '\0' ? "bridge" : "ethernet");
	xml_leaf(writer, "mac", "address", mac);
	xml_leaf(writer, "source", "bridge", vif->bridge);
	xml_leaf(writer, "target", "dev", vif->link);
	xml_leaf(writer, "script", "path", vif->script);
	xml_write_address(writer, vif);
	xml_leaf(writer, "mtu", "size", mtu);
	xml_write_rate(writer, vif);
	fputs("    </interface>\n", writer->out);
	if (vif->has_number && vif->number != index) {
		xml_lost(writer, "devid=%u of an interface", vif->number);
	}
	if (vif->is_untrusted || vif->gateway_device[0] != '\0' ||
	    vif->backend == VIF_BACKEND_KERNEL) {
		xml_lost(writer, "%s of an interface", vif->is_untrusted ? "trusted" :
			 vif->gateway_device[0] != '\0' ? "gatewaydev" : "backendtype");
	}
}

static void xml_write_devices(const struct xml_writer *writer, const struct domain_config *config)
{
	uint32_t i;

	fputs("  <devices>\n", writer->out);
	for (i = 0; i < config->disk_count; i++) {
		xml_write_disk(writer, &config->disks[i]);
	}
	for (i = 0; i < config->vif_count; i++) {
		xml_write_vif(writer, &config->vifs[i], i);
	}
	if (config->max_grant_frames != 0 || config->max_ports != 0) {
		fputs("    <controller type='xenbus' index='0'", writer->out);
		if (config->max_grant_frames != 0) {
			fprintf(writer->out, " maxGrantFrames='%u'", config->max_grant_frames);
		}
		if (config->max_ports != 0) {
			fprintf(writer->out, " maxEventChannels='%u'", config->max_ports);
		}
		fputs("/>\n", writer->out);
	}
	fputs("    <console type='pty'>\n      <target type='xen' port='0'/>\n    </console>\n"
	      "  </devices>\n</domain>\n", writer->out);
}

/* XML has no form for control characters, and its readers want UTF-8. */
static int xml_check_text(const char *key, const char *text, struct error *error)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		if ((*p < 0x20 && *p != '\t' && *p != '\n' && *p != '\r') || *p >= 0x7f) {
			return error_set(error, EILSEQ, key, "holds the byte 0x%02x, which is not "
					 "written into XML", *p);
		}
	}
	return 0;
}

static int xml_check(const struct domain_config *config, struct error *error)
{
	uint32_t i;
	int rc = xml_check_text("name", config->name, error);

	rc = rc < 0 ? rc : xml_check_text("kernel", config->kernel, error);
	rc = rc < 0 ? rc : xml_check_text("ramdisk", config->ramdisk, error);
	rc = rc < 0 ? rc : xml_check_text("cmdline", config->cmdline, error);
	for (i = 0; i < config->disk_count && rc == 0; i++) {
		rc = xml_check_text("disk", config->disks[i].target, error);
	}
	for (i = 0; i < config->vif_count && rc == 0; i++) {
		rc = xml_check_text("vif", config->vifs[i].script, error);
	}
	return rc;
}

int domain_xml_write(FILE *out, const struct domain_config *config,
		     const struct domain_config_warnings *warnings, struct error *error)
{
	struct xml_writer writer = { out, warnings };
	int rc = xml_check(config, error);

	if (rc < 0) {
		return rc;
	}
	xml_write_head(&writer, config);
	xml_write_os(&writer, config);
	xml_write_devices(&writer, config);
	return 0;
}
