// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces before anything is created: the bridge is there and is one, the script can be run, no
 * two interfaces of a domain share an address, a number or a name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/vif.h"
#include "sys/error.h"

#ifndef VIF_SYS_NET
#define VIF_SYS_NET "/sys/class/net"
#endif

static int vif_check_bridge(const struct vif_config *vif, struct error *error)
{
	char path[80], object[48];

	snprintf(object, sizeof(object), "bridge '%s'", vif->bridge);
	snprintf(path, sizeof(path), VIF_SYS_NET "/%s", vif->bridge);
	if (access(path, F_OK) != 0) {
		error_set(error, ENODEV, object, "there is no such network device");
		error_set_hint(error, "ip link add %s type bridge; ip link set %s up", vif->bridge,
			       vif->bridge);
		return -ENODEV;
	}
	snprintf(path, sizeof(path), VIF_SYS_NET "/%s/bridge", vif->bridge);
	if (access(path, F_OK) != 0) {
		return error_set(error, ENOTSUP, object, "this network device is not a bridge");
	}
	return 0;
}

static int vif_check_script(const struct vif_config *vif, struct error *error)
{
	char object[224];

	snprintf(object, sizeof(object), "script '%s'", vif->script);
	if (vif->script[0] != '/') {
		return error_set(error, EINVAL, object, "its full path is needed");
	}
	if (access(vif->script, X_OK) != 0) {
		return error_set(error, errno, object, "cannot be run: %s", strerror(errno));
	}
	return 0;
}

int vif_check(const struct vif_config *vif, struct error *error)
{
	int rc = vif->script[0] != '\0' ? vif_check_script(vif, error) : 0;

	return rc == 0 && vif->bridge[0] != '\0' ? vif_check_bridge(vif, error) : rc;
}

static int vif_check_pair(const struct vif_config *a, const struct vif_config *b,
			  struct error *error)
{
	char mac[VIF_MAC_TEXT_BYTES], object[48];

	if (a->number == b->number) {
		snprintf(object, sizeof(object), "devid %u", b->number);
		return error_set(error, EEXIST, object, "two interfaces are to have this number");
	}
	if (a->has_mac && b->has_mac && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0) {
		vif_format_mac(b->mac, mac);
		snprintf(object, sizeof(object), "mac %s", mac);
		return error_set(error, EEXIST, object, "two interfaces are to have this address");
	}
	if (a->link[0] != '\0' && strcmp(a->link, b->link) == 0) {
		snprintf(object, sizeof(object), "vifname '%s'", b->link);
		return error_set(error, EEXIST, object, "two interfaces are to have this name");
	}
	return 0;
}

int vif_check_all(struct vif_config *vifs, uint32_t count, struct error *error)
{
	uint32_t i, j;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		if (!vifs[i].has_number) {
			vifs[i].number = i;
		}
		rc = vif_check(&vifs[i], error);
		for (j = 0; j < i && rc == 0; j++) {
			rc = vif_check_pair(&vifs[j], &vifs[i], error);
		}
	}
	return rc;
}
