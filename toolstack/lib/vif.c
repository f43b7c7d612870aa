// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar of vif specifications.
 */
#include "lib/vif.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/error.h"

#define VIF_MAX_NUMBER 255u
#define VIF_MIN_MTU 68u
#define VIF_MAX_MTU 65535u
#define VIF_RATE_INTERVAL_US 50000u

struct vif_parser {
	struct vif_config *vif;
	struct error *error;
	char spec[96];			/* for messages */
};

static int vif_bad(struct vif_parser *parser, int code, const char *what, const char *text)
{
	return error_set(parser->error, code, parser->spec, what, text);
}

static int vif_set_text(struct vif_parser *parser, const char *text, char *out, size_t bytes)
{
	if (strlen(text) >= bytes) {
		return vif_bad(parser, ENAMETOOLONG, "'%.60s' is too long", text);
	}
	/* Padded: of a part that was given twice nothing of the first one stays. */
	strncpy(out, text, bytes);
	return 0;
}

/* Names of network devices, as Linux takes them. */
static int vif_set_link(struct vif_parser *parser, const char *text, char out[VIF_LINK_BYTES])
{
	const char *p;

	if (text[0] == '\0' || strlen(text) >= VIF_LINK_BYTES || strcmp(text, ".") == 0 ||
	    strcmp(text, "..") == 0) {
		vif_bad(parser, EINVAL, "'%.60s' is not the name of a network device", text);
		error_set_hint(parser->error, "such a name has 1 to %d characters",
			       VIF_LINK_BYTES - 1);
		return -EINVAL;
	}
	for (p = text; *p != '\0'; p++) {
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p) || *p == '/' ||
		    *p == ':' || *p == '%') {
			return vif_bad(parser, EINVAL, "'%.60s' is not the name of a network device",
				       text);
		}
	}
	return vif_set_text(parser, text, out, VIF_LINK_BYTES);
}

static int vif_set_bridge(struct vif_parser *parser, const char *text)
{
	return vif_set_link(parser, text, parser->vif->bridge);
}

static int vif_set_name(struct vif_parser *parser, const char *text)
{
	return vif_set_link(parser, text, parser->vif->link);
}

static int vif_set_gateway_device(struct vif_parser *parser, const char *text)
{
	return vif_set_link(parser, text, parser->vif->gateway_device);
}

static bool vif_read_mac(const char *text, uint8_t mac[6])
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		const char *digits = text + 3 * i;

		if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]) ||
		    digits[2] != (i < 5 ? ':' : '\0')) {
			return false;
		}
		mac[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return true;
}

static int vif_set_mac(struct vif_parser *parser, const char *text)
{
	static const uint8_t zero[6];
	struct vif_config *vif = parser->vif;

	if (!vif_read_mac(text, vif->mac)) {
		vif_bad(parser, EINVAL, "'%.60s' is not a MAC address", text);
		error_set_hint(parser->error, "six bytes like 00:16:3e:12:34:56; without mac= one is "
			       "made");
		return -EINVAL;
	}
	if ((vif->mac[0] & 1) != 0 || memcmp(vif->mac, zero, sizeof(zero)) == 0) {
		return vif_bad(parser, EINVAL, "'%.60s' is the address of a group or of nobody, not of "
			       "one interface", text);
	}
	vif->has_mac = true;
	return 0;
}

static int vif_read_number(struct vif_parser *parser, const char *text, uint32_t min, uint32_t max,
			   uint32_t *number)
{
	char *stop;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &stop, 10);
	if (!isdigit((unsigned char)text[0]) || *stop != '\0' || errno != 0 || value < min ||
	    value > max) {
		return error_set(parser->error, EINVAL, parser->spec,
				 "'%.40s' is not a number from %u to %u", text, min, max);
	}
	*number = (uint32_t)value;
	return 0;
}

static int vif_set_mtu(struct vif_parser *parser, const char *text)
{
	return vif_read_number(parser, text, VIF_MIN_MTU, VIF_MAX_MTU, &parser->vif->mtu);
}

static int vif_set_number(struct vif_parser *parser, const char *text)
{
	parser->vif->has_number = true;
	return vif_read_number(parser, text, 0, VIF_MAX_NUMBER, &parser->vif->number);
}

/* The word after '@': how often the allowance is given anew. Microseconds; 0: wrong. */
static uint64_t vif_rate_interval(const char *text)
{
	char *stop;
	uint64_t value = strtoull(text, &stop, 10);

	if (!isdigit((unsigned char)text[0]) || value == 0 || value > 1000000) {
		return 0;
	}
	if (strcmp(stop, "us") == 0) {
		return value;
	}
	if (strcmp(stop, "ms") == 0) {
		return value <= 1000 ? value * 1000 : 0;
	}
	return (strcmp(stop, "s") == 0 || *stop == '\0') && value == 1 ? 1000000 : 0;
}

/* "10Mb/s", "250KB/s", "1GB/s@20ms": bits or bytes, in decimal multiples. Bytes a second; 0: wrong. */
static uint64_t vif_rate_per_second(const char *text, const char **rest)
{
	static const char units[] = "KMG";
	const char *unit;
	char *stop;
	uint64_t factor = 1;
	uint64_t value = strtoull(text, &stop, 10);

	if (!isdigit((unsigned char)text[0]) || value > 1000000000000ull) {
		return 0;
	}
	unit = *stop != '\0' ? strchr(units, *stop) : NULL;
	if (unit != NULL) {
		factor = unit == units ? 1000 : unit == units + 1 ? 1000000 : 1000000000;
		stop++;
	}
	if ((*stop != 'b' && *stop != 'B') || strncmp(stop + 1, "/s", 2) != 0 ||
	    value > 1000000000000ull / factor) {
		return 0;
	}
	*rest = stop + 3;
	return *stop == 'b' ? value * factor / 8 : value * factor;
}

static int vif_set_rate(struct vif_parser *parser, const char *text)
{
	struct vif_config *vif = parser->vif;
	const char *rest = "";
	uint64_t per_second = vif_rate_per_second(text, &rest);
	uint64_t interval_us = *rest == '@' ? vif_rate_interval(rest + 1) :
			       *rest == '\0' ? VIF_RATE_INTERVAL_US : 0;

	vif->rate_bytes = per_second * interval_us / 1000000;
	vif->rate_interval_us = (uint32_t)interval_us;
	if (vif->rate_bytes == 0) {
		vif_bad(parser, EINVAL, "'%.60s' is not a rate", text);
		error_set_hint(parser->error, "rates are like 10Mb/s, 250KB/s or 1GB/s@20ms (an "
			       "interval of at most a second)");
		return -EINVAL;
	}
	return 0;
}

static int vif_set_script(struct vif_parser *parser, const char *text)
{
	return vif_set_text(parser, text, parser->vif->script, sizeof(parser->vif->script));
}

static int vif_set_ip(struct vif_parser *parser, const char *text)
{
	return vif_set_text(parser, text, parser->vif->ip, sizeof(parser->vif->ip));
}

static int vif_set_backend(struct vif_parser *parser, const char *text)
{
	if (strcmp(text, "0") == 0 || strcmp(text, "Domain-0") == 0) {
		return 0;
	}
	return vif_bad(parser, ENOTSUP, "not yet: networks come from dom0, not from domain '%.60s'",
		       text);
}

static int vif_set_backend_type(struct vif_parser *parser, const char *text)
{
	if (strcmp(text, "vif") == 0) {
		parser->vif->backend = VIF_BACKEND_KERNEL;
		return 0;
	}
	return strcmp(text, "qnic") == 0 ? 0 :
	       vif_bad(parser, ENOTSUP, "backendtype '%.60s' does not exist here; there are qnic "
		       "(Lamina's own, the default) and vif (dom0's kernel)", text);
}

static int vif_set_type(struct vif_parser *parser, const char *text)
{
	return strcmp(text, "vif") == 0 || strcmp(text, "netfront") == 0 ? 0 :
	       vif_bad(parser, ENOTSUP, "not supported: type '%.60s': paravirtual domains have no "
		       "emulated cards", text);
}

/* Which emulated card a hardware-virtualised domain would have: nothing depends on it here. */
static int vif_ignore(struct vif_parser *parser, const char *text)
{
	(void)parser;
	(void)text;
	return 0;
}

static int vif_set_trusted(struct vif_parser *parser, const char *text)
{
	uint32_t trusted = 1;
	int rc = vif_read_number(parser, text, 0, 1, &trusted);

	parser->vif->is_untrusted = trusted == 0;
	return rc;
}

static int vif_refuse_vlan(struct vif_parser *parser, const char *text)
{
	vif_bad(parser, ENOTSUP, "not yet: vlan=%.60s", text);
	error_set_hint(parser->error, "a bridge on top of a VLAN device, or a script, does the same");
	return -ENOTSUP;
}

static int vif_set_key(struct vif_parser *parser, const char *key, const char *value)
{
	static const struct {
		const char *key;
		int (*set)(struct vif_parser *parser, const char *text);
	} keys[] = {
		{ "mac", vif_set_mac },		{ "bridge", vif_set_bridge },
		{ "vifname", vif_set_name },	{ "script", vif_set_script },
		{ "ip", vif_set_ip },		{ "rate", vif_set_rate },
		{ "mtu", vif_set_mtu },		{ "devid", vif_set_number },
		{ "backend", vif_set_backend }, { "backendtype", vif_set_backend_type },
		{ "type", vif_set_type },	{ "model", vif_ignore },
		{ "trusted", vif_set_trusted }, { "gatewaydev", vif_set_gateway_device },
		{ "vlan", vif_refuse_vlan },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i].key) == 0) {
			return keys[i].set(parser, value);
		}
	}
	return vif_bad(parser, EINVAL, "unknown key '%.60s'", key);
}

static char *vif_trim(char *text)
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

static int vif_read_part(struct vif_parser *parser, char *part)
{
	char *value = strchr(part, '=');

	if (value == NULL) {
		part = vif_trim(part);
		return part[0] == '\0' ? 0 :
		       vif_bad(parser, EINVAL, "'%.60s' is not of the form key=value", part);
	}
	*value++ = '\0';
	return vif_set_key(parser, vif_trim(part), vif_trim(value));
}

int vif_parse(const char *spec, struct vif_config *vif, struct error *error)
{
	struct vif_parser parser = { .vif = vif, .error = error };
	char text[VIF_SPEC_BYTES];
	char *part = text;
	int rc = 0;

	memset(vif, 0, sizeof(*vif));
	snprintf(parser.spec, sizeof(parser.spec), "vif '%.80s'", spec);
	if (strlen(spec) >= sizeof(text)) {
		return vif_bad(&parser, ENAMETOOLONG, "the specification is too long%s", "");
	}
	strcpy(text, spec);
	while (part != NULL && rc == 0) {
		char *rest = strchr(part, ',');

		if (rest != NULL) {
			*rest++ = '\0';
		}
		rc = vif_read_part(&parser, part);
		part = rest;
	}
	if (rc == 0 && vif->bridge[0] == '\0' && vif->script[0] == '\0') {
		strcpy(vif->bridge, VIF_DEFAULT_BRIDGE);
	}
	return rc;
}
