// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces as text that vif_parse() reads again, and their addresses.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/vif.h"
#include "sys/error.h"

struct vif_text {
	char *buffer;
	size_t room;
	size_t length;
};

static void vif_add(struct vif_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void vif_add(struct vif_text *text, const char *format, ...)
{
	size_t left = text->length < text->room ? text->room - text->length : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left != 0 ? text->buffer + text->length : NULL, left, format, args);
	va_end(args);
	text->length += n > 0 ? (size_t)n : 0;
}

static void vif_add_text(struct vif_text *text, const char *key, const char *value)
{
	if (value[0] != '\0') {
		vif_add(text, "%s%s=%s", text->length != 0 ? "," : "", key, value);
	}
}

static void vif_add_number(struct vif_text *text, const char *key, uint32_t value)
{
	vif_add(text, "%s%s=%u", text->length != 0 ? "," : "", key, value);
}

/* Bytes a second, rounded up so that reading it again gives the same bytes per interval. */
static void vif_add_rate(struct vif_text *text, const struct vif_config *vif)
{
	uint64_t per_second = (vif->rate_bytes * 1000000 + vif->rate_interval_us - 1) /
			      vif->rate_interval_us;

	vif_add(text, "%srate=%lluB/s@%uus", text->length != 0 ? "," : "",
		(unsigned long long)per_second, vif->rate_interval_us);
}

int vif_format(const struct vif_config *vif, char *buffer, size_t bytes)
{
	struct vif_text text = { buffer, bytes, 0 };
	char mac[VIF_MAC_TEXT_BYTES];

	if (bytes != 0) {
		buffer[0] = '\0';
	}
	if (vif->has_mac) {
		vif_format_mac(vif->mac, mac);
		vif_add_text(&text, "mac", mac);
	}
	vif_add_text(&text, "bridge", vif->bridge);
	vif_add_text(&text, "vifname", vif->link);
	vif_add_text(&text, "gatewaydev", vif->gateway_device);
	vif_add_text(&text, "script", vif->script);
	vif_add_text(&text, "ip", vif->ip);
	if (vif->rate_bytes != 0) {
		vif_add_rate(&text, vif);
	}
	if (vif->mtu != 0) {
		vif_add_number(&text, "mtu", vif->mtu);
	}
	if (vif->has_number) {
		vif_add_number(&text, "devid", vif->number);
	}
	vif_add_text(&text, "backendtype", vif->backend == VIF_BACKEND_KERNEL ? "vif" : "");
	vif_add_text(&text, "trusted", vif->is_untrusted ? "0" : "");
	return (int)text.length;
}

void vif_format_mac(const uint8_t mac[6], char text[VIF_MAC_TEXT_BYTES])
{
	snprintf(text, VIF_MAC_TEXT_BYTES, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
}

int vif_give_mac(struct vif_config *vif, struct error *error)
{
	uint8_t random[3];

	if (vif->has_mac) {
		return 0;
	}
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		return error_set(error, EIO, NULL, "no random numbers for a MAC address");
	}
	vif->mac[0] = 0x00;
	vif->mac[1] = 0x16;
	vif->mac[2] = 0x3e;
	vif->mac[3] = random[0] & 0x7f;
	vif->mac[4] = random[1];
	vif->mac[5] = random[2];
	vif->has_mac = true;
	return 0;
}
