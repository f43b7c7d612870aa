// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar of disk specifications and of virtual device names.
 */
#include "lib/disk.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/error.h"

enum disk_part { PART_TARGET, PART_FORMAT, PART_VDEV, PART_ACCESS, PART_COUNT };

struct disk_parser {
	struct disk_config *disk;
	struct error *error;
	bool has[PART_COUNT];		/* parts given; the next word is the first that is not */
	char spec[96];			/* for messages */
};

static int disk_bad(struct disk_parser *parser, int code, const char *what, const char *text)
{
	return error_set(parser->error, code, parser->spec, what, text);
}

static int disk_set_target(struct disk_parser *parser, const char *text)
{
	if (strlen(text) >= DISK_TARGET_BYTES) {
		return disk_bad(parser, ENAMETOOLONG, "the target is too long%s", "");
	}
	/* Padded: of a target that was named twice nothing of the first one stays. */
	strncpy(parser->disk->target, text, DISK_TARGET_BYTES);
	parser->has[PART_TARGET] = true;
	return 0;
}

/* Formats by xl's names and the tool's own. */
static int disk_set_format(struct disk_parser *parser, const char *text)
{
	static const struct {
		const char *name;
		const char *format;
	} formats[] = {
		{ "", "" },	      { "raw", "" },	{ "qcow2", "qcow2" }, { "qcow", "qcow" },
		{ "vhd", "vpc" },     { "vhdx", "vhdx" }, { "vmdk", "vmdk" }, { "vdi", "vdi" },
		{ "qed", "qed" },
	};
	size_t i;

	parser->has[PART_FORMAT] = true;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(text, formats[i].name) == 0) {
			memset(parser->disk->format, 0, DISK_FORMAT_BYTES);
			strncpy(parser->disk->format, formats[i].format, DISK_FORMAT_BYTES - 1);
			return 0;
		}
	}
	return disk_bad(parser, EINVAL, "format '%s' is unknown; there are raw, qcow2, qcow, vhd, "
			"vhdx, vmdk, vdi and qed", text);
}

/* Older configurations put the kind of image before the path: the format, and no word names it. */
static int disk_set_positional_target(struct disk_parser *parser, const char *text)
{
	static const char *const plain[] = { "phy:", "file:", "raw:", "aio:", "tap:", "tap2:" };
	static const char *const formats[] = { "qcow:", "qcow2:", "vhd:", "vdi:", "qed:" };
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strncmp(text, plain[i], strlen(plain[i])) == 0) {
			text += strlen(plain[i]);
			parser->has[PART_FORMAT] = true;
			i = (size_t)-1;
		}
	}
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		size_t length = strlen(formats[i]);

		if (strncmp(text, formats[i], length) == 0) {
			char name[8] = "";

			memcpy(name, formats[i], length - 1);
			disk_set_format(parser, name);
			return disk_set_target(parser, text + length);
		}
	}
	return disk_set_target(parser, text);
}

static int disk_set_vdev(struct disk_parser *parser, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);

	if (colon != NULL && strcmp(colon, ":disk") != 0) {
		return disk_bad(parser, ENOTSUP, "not yet: '%s' is no plain disk", text);
	}
	if (length >= DISK_VDEV_BYTES) {
		return disk_bad(parser, EINVAL, "'%s' is not the name of a virtual device", text);
	}
	parser->has[PART_VDEV] = true;
	memset(parser->disk->vdev, 0, DISK_VDEV_BYTES);
	memcpy(parser->disk->vdev, text, length);
	if (disk_vdev_number(parser->disk->vdev, &parser->disk->number) < 0) {
		disk_bad(parser, EINVAL, "'%s' is not the name of a virtual device",
			 parser->disk->vdev);
		error_set_hint(parser->error, "names are like xvda, xvdb1, sda or hdc");
		return -EINVAL;
	}
	return 0;
}

static int disk_set_access(struct disk_parser *parser, const char *text)
{
	struct disk_config *disk = parser->disk;

	parser->has[PART_ACCESS] = true;
	if (strcmp(text, "r") == 0 || strcmp(text, "ro") == 0) {
		disk->is_read_only = true;
	} else if (strcmp(text, "w!") == 0) {
		disk->is_shared = true;
	} else if (text[0] != '\0' && strcmp(text, "w") != 0 && strcmp(text, "rw") != 0) {
		return disk_bad(parser, EINVAL, "access '%s' is unknown; there are r (ro), w (rw) "
				"and w!", text);
	}
	return 0;
}

static int disk_set_part(struct disk_parser *parser, const char *text)
{
	unsigned int part = 0;

	while (part < PART_COUNT && parser->has[part]) {
		part++;
	}
	switch (part) {
	case PART_TARGET:
		return disk_set_positional_target(parser, text);
	case PART_FORMAT:
		return disk_set_format(parser, text);
	case PART_VDEV:
		return disk_set_vdev(parser, text);
	case PART_ACCESS:
		return disk_set_access(parser, text);
	default:
		return disk_bad(parser, EINVAL, "'%s' is one part too many", text);
	}
}

static int disk_set_backend_type(struct disk_parser *parser, const char *text)
{
	if (strcmp(text, "phy") == 0) {
		parser->disk->backend = DISK_BACKEND_KERNEL;
		return 0;
	}
	if (strcmp(text, "qdisk") == 0) {
		return 0;
	}
	return disk_bad(parser, ENOTSUP, "backendtype '%s' does not exist here; there are qdisk "
			"(Lamina's own, the default) and phy (dom0's kernel)", text);
}

static int disk_set_backend(struct disk_parser *parser, const char *text)
{
	if (strcmp(text, "0") == 0 || strcmp(text, "Domain-0") == 0) {
		return 0;
	}
	return disk_bad(parser, ENOTSUP, "not yet: disks come from dom0, not from domain '%s'", text);
}

static int disk_set_device_type(struct disk_parser *parser, const char *text)
{
	return strcmp(text, "disk") == 0 ? 0 :
	       disk_bad(parser, ENOTSUP, "not yet: a '%s' cannot be given, a disk can", text);
}

static int disk_set_script(struct disk_parser *parser, const char *text)
{
	char *script = parser->disk->script;
	int length = snprintf(script, DISK_SCRIPT_BYTES, "%s%s",
			      text[0] == '/' || text[0] == '\0' ? "" : DISK_SCRIPT_FOLDER "/", text);

	return length < DISK_SCRIPT_BYTES ? 0 :
	       disk_bad(parser, ENAMETOOLONG, "the path of script '%.80s' is too long", text);
}

static int disk_refuse_specification(struct disk_parser *parser, const char *text)
{
	return strcmp(text, "xen") == 0 ? 0 :
	       disk_bad(parser, ENOTSUP, "not supported: specification '%s'", text);
}

static int disk_set_trusted(struct disk_parser *parser, const char *text)
{
	return strcmp(text, "1") == 0 ? 0 :
	       disk_bad(parser, ENOTSUP, "not yet: trusted=%s", text);
}

static int disk_set_key(struct disk_parser *parser, const char *key, const char *value)
{
	static const struct {
		const char *key;
		int (*set)(struct disk_parser *parser, const char *text);
	} keys[] = {
		{ "format", disk_set_format },	      { "vdev", disk_set_vdev },
		{ "access", disk_set_access },	      { "devtype", disk_set_device_type },
		{ "backend", disk_set_backend },      { "backendtype", disk_set_backend_type },
		{ "script", disk_set_script },	      { "trusted", disk_set_trusted },
		{ "specification", disk_refuse_specification },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i].key) == 0) {
			return keys[i].set(parser, value);
		}
	}
	return disk_bad(parser, EINVAL, "unknown key '%s'", key);
}

/* Words without '=': flags, else the next positional part. */
static int disk_set_word(struct disk_parser *parser, const char *word)
{
	if (strcmp(word, "discard") == 0 || strcmp(word, "no-discard") == 0) {
		parser->disk->no_discard = word[0] == 'n';
		return 0;
	}
	if (strcmp(word, "direct-io-safe") == 0) {
		return 0;
	}
	if (strcmp(word, "cdrom") == 0) {
		return disk_set_device_type(parser, word);
	}
	return disk_set_part(parser, word);
}

static char *disk_trim(char *text)
{
	size_t length;

	while (isspace((unsigned char)*text)) {
		text++;
	}
	length = strlen(text);
	while (length != 0 && isspace((unsigned char)text[length - 1])) {
		text[--length] = '\0';
	}
	return text;
}

/* One part; @rest is what follows it, for target=. Returns 1 when that was used up. */
static int disk_read_part(struct disk_parser *parser, char *part, char *rest)
{
	char *value;

	part = disk_trim(part);
	if (strncmp(part, "target=", 7) == 0) {
		if (rest != NULL) {
			rest[-1] = ',';
		}
		return disk_set_target(parser, part + 7) < 0 ? -EINVAL : 1;
	}
	value = strchr(part, '=');
	if (value == NULL) {
		return disk_set_word(parser, part);
	}
	*value = '\0';
	return disk_set_key(parser, part, value + 1);
}

int disk_parse(const char *spec, struct disk_config *disk, struct error *error)
{
	struct disk_parser parser = { .disk = disk, .error = error };
	char text[DISK_SPEC_BYTES];
	char *part = text, *rest;
	int rc = 0;

	memset(disk, 0, sizeof(*disk));
	snprintf(parser.spec, sizeof(parser.spec), "disk '%.80s'", spec);
	if (strlen(spec) >= sizeof(text)) {
		return disk_bad(&parser, ENAMETOOLONG, "the specification is too long%s", "");
	}
	strcpy(text, spec);
	while (part != NULL && rc == 0) {
		rest = strchr(part, ',');
		if (rest != NULL) {
			*rest++ = '\0';
		}
		rc = disk_read_part(&parser, part, rest);
		part = rest;
	}
	if (rc < 0) {
		return rc;
	}
	if (disk->target[0] == '\0') {
		return disk_bad(&parser, EINVAL, "the target (a file or block device) is missing%s",
				"");
	}
	if (disk->format[0] != '\0' && disk->backend == DISK_BACKEND_KERNEL) {
		return disk_bad(&parser, ENOTSUP, "dom0's kernel (backendtype=phy) knows raw images "
				"only, not %s", disk->format);
	}
	if (disk->script[0] != '\0' &&
	    (disk->backend == DISK_BACKEND_KERNEL || disk->format[0] != '\0')) {
		return disk_bad(&parser, ENOTSUP, "script= gives a raw block device to lam-blkd: not "
				"with %s", disk->format[0] != '\0' ? disk->format : "backendtype=phy");
	}
	if (disk->vdev[0] == '\0') {
		disk_bad(&parser, EINVAL, "the virtual device is missing%s", "");
		error_set_hint(error, "for example: \"%.60s,raw,xvda,w\"", disk->target);
		return -EINVAL;
	}
	return 0;
}

const char *disk_format_name(const struct disk_config *disk)
{
	return disk->format[0] == '\0' ? "raw" : strcmp(disk->format, "vpc") == 0 ? "vhd" : disk->format;
}

int disk_format(const struct disk_config *disk, char *buffer, size_t bytes)
{
	return snprintf(buffer, bytes, "vdev=%s,access=%s%s%s%s%s%s%s,target=%s", disk->vdev,
			disk->is_read_only ? "r" : disk->is_shared ? "w!" : "w",
			disk->no_discard ? ",no-discard" : "",
			disk->script[0] != '\0' ? ",script=" : "", disk->script,
			disk->format[0] != '\0' ? ",format=" : "",
			disk->format[0] != '\0' ? disk_format_name(disk) : "",
			disk->backend == DISK_BACKEND_KERNEL ? ",backendtype=phy" : "",
			disk->target);
}
