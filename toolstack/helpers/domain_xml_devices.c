// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: disks and interfaces become specifications in xl's grammar, each added to its list.
 */
#include "helpers/domain_xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a specification stand between commas: a value that holds one cannot be said. */
static int xml_part(struct domain_xml *xml, const xml_node *node, FILE *spec, const char *key,
		    const char *value)
{
	if (value == NULL) {
		return 0;
	}
	if (strchr(value, ',') != NULL) {
		return domain_xml_error(xml, node, "<%.40s>: '%.60s' has a comma", xml_name(node), value);
	}
	fprintf(spec, "%s%s=%s", ftell(spec) > 0 ? "," : "", key, value);
	return 0;
}

/* Warns of the children that nobody reads. */
static void xml_warn_of_others(struct domain_xml *xml, const xml_node *device,
			       const char *const known[])
{
	const xml_node *node;
	size_t i;

	for (node = xml_first(device); node != NULL; node = xml_next(node)) {
		for (i = 0; known[i] != NULL && strcmp(xml_name(node), known[i]) != 0; i++) {
			continue;
		}
		if (known[i] == NULL) {
			domain_xml_warn(xml, node, "<%.40s>: <%.40s> is ignored", xml_name(device),
					xml_name(node));
		}
	}
}

static int xml_disk_source(struct domain_xml *xml, const xml_node *disk, const char **source)
{
	struct xml_tree *tree = &xml->tree;
	const char *type = xml_attribute(tree, disk, "type");

	if (type == NULL || strcmp(type, "file") == 0) {
		*source = xml_child_attribute(tree, disk, "source", "file");
	} else if (strcmp(type, "block") == 0) {
		*source = xml_child_attribute(tree, disk, "source", "dev");
	} else {
		return domain_xml_error(xml, disk, "<disk>: the type '%.40s' is not possible; there are "
					"file and block", type);
	}
	return *source != NULL ? 0 :
	       domain_xml_error(xml, disk, "<disk>: <source> with its file or dev is missing");
}

static int xml_disk_driver(struct domain_xml *xml, const xml_node *disk, FILE *spec)
{
	const xml_node *driver = xml_child(disk, "driver");
	struct xml_tree *tree = &xml->tree;
	const char *format = xml_attribute(tree, driver, "type");

	if (format != NULL && (strcmp(format, "aio") == 0 || strcmp(format, "raw") == 0)) {
		format = NULL;
	}
	if (format != NULL && strcmp(format, "vpc") == 0) {
		format = "vhd";
	}
	if (xml_attribute_is(tree, driver, "name", "phy")) {
		fputs(",backendtype=phy", spec);
	}
	if (xml_attribute_is(tree, driver, "discard", "ignore")) {
		fputs(",no-discard", spec);
	}
	return xml_part(xml, disk, spec, "format", format);
}

/* The specification but for its target, which comes last and may hold anything. */
static int xml_disk_parts(struct domain_xml *xml, const xml_node *disk, FILE *spec)
{
	struct xml_tree *tree = &xml->tree;
	const char *device = xml_attribute(tree, disk, "device");
	const char *vdev = xml_child_attribute(tree, disk, "target", "dev");
	int rc;

	if (vdev == NULL) {
		return domain_xml_error(xml, disk, "<disk>: <target dev=...> is missing");
	}
	if (device != NULL && strcmp(device, "disk") != 0 && strcmp(device, "cdrom") != 0) {
		return domain_xml_error(xml, disk, "<disk>: the device '%.40s' is not possible", device);
	}
	rc = xml_part(xml, disk, spec, "vdev", vdev);
	if (rc == 0) {
		rc = xml_part(xml, disk, spec, "backend",
			      xml_child_attribute(tree, disk, "backenddomain", "name"));
	}
	if (device != NULL && strcmp(device, "cdrom") == 0) {
		fputs(",devtype=cdrom", spec);
	}
	fprintf(spec, ",access=%s", xml_child(disk, "readonly") != NULL ? "r" :
				    xml_child(disk, "shareable") != NULL ? "w!" : "w");
	return rc < 0 ? rc : xml_disk_driver(xml, disk, spec);
}

/* Adds key += [ "spec..." ] with what @write makes of the device. */
static int xml_add_spec(struct domain_xml *xml, const xml_node *device, const char *key,
			int (*write)(struct domain_xml *xml, const xml_node *device, FILE *spec))
{
	char *text = NULL;
	size_t length = 0;
	FILE *spec = open_memstream(&text, &length);
	int rc;

	if (spec == NULL) {
		return domain_xml_error(xml, device, "there is no memory for it");
	}
	rc = write(xml, device, spec);
	fclose(spec);
	if (rc == 0) {
		domain_xml_at(xml, device);
		fprintf(xml->out, "%s += [ ", key);
		domain_xml_quoted(xml, text);
		fputs(" ]; ", xml->out);
	}
	free(text);
	return rc;
}

static int xml_disk_spec(struct domain_xml *xml, const xml_node *disk, FILE *spec)
{
	const char *source = "";
	int rc = xml_disk_source(xml, disk, &source);

	if (rc == 0) {
		rc = xml_disk_parts(xml, disk, spec);
	}
	if (rc == 0) {
		fprintf(spec, ",target=%s", source);
	}
	return rc;
}

static int xml_disk(struct domain_xml *xml, const xml_node *disk)
{
	static const char *const known[] = { "driver", "source", "target", "readonly", "shareable",
					     "backenddomain", "address", "alias", "boot", "serial",
					     "backingStore", NULL };

	xml_warn_of_others(xml, disk, known);
	return xml_add_spec(xml, disk, "disk", xml_disk_spec);
}

/* Names like vif3.0 were made up for a domain that ran once. */
static const char *xml_vif_name(struct domain_xml *xml, const xml_node *vif)
{
	const char *name = xml_child_attribute(&xml->tree, vif, "target", "dev");
	unsigned int domid, devid;
	int end = 0;

	if (name != NULL && sscanf(name, "vif%5u.%5u%n", &domid, &devid, &end) == 2 &&
	    name[end] == '\0') {
		return NULL;
	}
	return name;
}

static int xml_vif_rate(struct domain_xml *xml, const xml_node *vif, FILE *spec)
{
	const xml_node *bandwidth = xml_child(vif, "bandwidth");
	const xml_node *out = xml_child(bandwidth, "outbound");
	uint64_t kib;
	int rc;

	if (xml_child(bandwidth, "inbound") != NULL) {
		domain_xml_warn(xml, vif, "<interface>: <inbound> is ignored: only what a guest sends is "
				"limited");
	}
	if (out == NULL) {
		return 0;
	}
	rc = domain_xml_number(xml, out, xml_attribute(&xml->tree, out, "average"), &kib);
	if (rc == 0) {
		fprintf(spec, ",rate=%" PRIu64 "B/s", kib * 1024);
	}
	return rc;
}

static int xml_vif_address(struct domain_xml *xml, const xml_node *vif, FILE *spec)
{
	const xml_node *ip = xml_child(vif, "ip");
	const char *prefix = xml_attribute(&xml->tree, ip, "prefix");
	int rc = xml_part(xml, vif, spec, "ip", xml_attribute(&xml->tree, ip, "address"));

	if (rc == 0 && ip != NULL && prefix != NULL) {
		fprintf(spec, "/%.10s", prefix);
	}
	return rc;
}

static int xml_vif_parts(struct domain_xml *xml, const xml_node *vif, FILE *spec)
{
	struct xml_tree *tree = &xml->tree;
	const struct {
		const char *key;
		const char *value;
	} parts[] = {
		{ "mac", xml_child_attribute(tree, vif, "mac", "address") },
		{ "bridge", xml_child_attribute(tree, vif, "source", "bridge") },
		{ "vifname", xml_vif_name(xml, vif) },
		{ "script", xml_child_attribute(tree, vif, "script", "path") },
		{ "mtu", xml_child_attribute(tree, vif, "mtu", "size") },
		{ "backend", xml_child_attribute(tree, vif, "backenddomain", "name") },
		{ "vlan", xml_attribute(tree, xml_child(xml_child(vif, "vlan"), "tag"), "id") },
	};
	size_t i;
	int rc = 0;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == 0; i++) {
		rc = xml_part(xml, vif, spec, parts[i].key, parts[i].value);
	}
	if (rc == 0) {
		rc = xml_vif_address(xml, vif, spec);
	}
	return rc < 0 ? rc : xml_vif_rate(xml, vif, spec);
}

static int xml_vif(struct domain_xml *xml, const xml_node *vif)
{
	static const char *const known[] = { "mac", "source", "target", "script", "mtu", "model",
					     "backenddomain", "vlan", "ip", "bandwidth", "address",
					     "alias", "driver", NULL };
	const char *type = xml_attribute(&xml->tree, vif, "type");

	if (type != NULL && strcmp(type, "bridge") != 0 && strcmp(type, "ethernet") != 0) {
		return domain_xml_error(xml, vif, "<interface>: the type '%.40s' is not possible; there "
					"are bridge and ethernet", type);
	}
	xml_warn_of_others(xml, vif, known);
	return xml_add_spec(xml, vif, "vif", xml_vif_parts);
}

static int xml_controller(struct domain_xml *xml, const xml_node *node)
{
	static const struct {
		const char *attribute;
		const char *key;
	} limits[] = {
		{ "maxGrantFrames", "max_grant_frames" },
		{ "maxEventChannels", "max_event_channels" },
	};
	size_t i;

	if (!xml_attribute_is(&xml->tree, node, "type", "xenbus")) {
		domain_xml_warn(xml, node, "<controller> is ignored: there is no such hardware");
		return 0;
	}
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		domain_xml_key(xml, node, limits[i].key,
			       xml_attribute(&xml->tree, node, limits[i].attribute));
	}
	return 0;
}

static int xml_nothing(struct domain_xml *xml, const xml_node *node)
{
	(void)xml;
	(void)node;
	return 0;
}

/* Devices that the key refuses with its reason: see the table of keys in lib/domain_config_keys.c. */
static const struct {
	const char *element;
	const char *key;
} refused[] = {
	{ "hostdev", "pci" }, { "filesystem", "p9" }, { "graphics", "vfb" }, { "channel", "channel" },
	{ "sound", "vsnd" },  { "tpm", "vtpm" },      { "redirdev", "usbdev" },
};

static const struct {
	const char *element;
	int (*read)(struct domain_xml *xml, const xml_node *node);
} readers[] = {
	{ "disk", xml_disk },	      { "interface", xml_vif },	  { "controller", xml_controller },
	{ "console", xml_nothing },   { "emulator", xml_nothing }, { "memballoon", xml_nothing },
};

static int xml_device(struct domain_xml *xml, const xml_node *node)
{
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(xml_name(node), readers[i].element) == 0) {
			return readers[i].read(xml, node);
		}
	}
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (strcmp(xml_name(node), refused[i].element) == 0) {
			domain_xml_at(xml, node);
			fprintf(xml->out, "%s = [ \"%s\" ]; ", refused[i].key, refused[i].element);
			return 0;
		}
	}
	domain_xml_warn(xml, node, "<devices>: <%.40s> is ignored: there is no such device",
			xml_name(node));
	return 0;
}

int domain_xml_devices(struct domain_xml *xml, const xml_node *devices)
{
	const xml_node *node;
	int rc = 0;

	for (node = xml_first(devices); node != NULL && rc == 0; node = xml_next(node)) {
		rc = xml_device(xml, node);
	}
	return rc;
}
