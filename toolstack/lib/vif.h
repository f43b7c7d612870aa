/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network interface as a configuration names it, in xl's grammar: key=value parts between commas,
 * all of them optional.
 *
 * What Lamina cannot give (emulated cards, other back-end domains, VLANs of its own) is refused with
 * a sentence that names it, never ignored.
 */
#ifndef TOOLSTACK_LIB_VIF_H
#define TOOLSTACK_LIB_VIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIF_MAX 16u
#define VIF_SPEC_BYTES 512
#define VIF_LINK_BYTES 16		/* a network device's name and its NUL */
#define VIF_MAC_TEXT_BYTES 18
#define VIF_DEFAULT_BRIDGE "xenbr0"

struct error;

enum vif_backend {
	VIF_BACKEND_OURS,	/* lam-netd */
	VIF_BACKEND_KERNEL,	/* backendtype=vif: dom0's own driver */
};

struct vif_config {
	uint8_t mac[6];
	bool has_mac;			/* else one is made when the domain is created */
	bool is_untrusted;		/* trusted=0: the guest keeps its other memory from the back end */
	enum vif_backend backend;
	uint32_t number;		/* devid: what the guest is told */
	bool has_number;		/* else its place in the list */
	uint32_t mtu;			/* bytes; 0: the bridge's */
	uint64_t rate_bytes;		/* per interval; 0: no limit */
	uint32_t rate_interval_us;
	char bridge[VIF_LINK_BYTES];	/* empty only when a script is given */
	char link[VIF_LINK_BYTES];	/* vifname: dom0's device; empty: vifDOMID.DEVID */
	char gateway_device[VIF_LINK_BYTES];
	char ip[128];			/* for scripts */
	char script[192];		/* empty: none is run */
};

int vif_parse(const char *spec, struct vif_config *vif, struct error *error);

/* As snprintf: a text from which vif_parse() gets the same. */
int vif_format(const struct vif_config *vif, char *buffer, size_t bytes);

/* "00:16:3e:..", six bytes. */
void vif_format_mac(const uint8_t mac[6], char text[VIF_MAC_TEXT_BYTES]);
/* A random address of the range that stands for virtual machines, when there is none yet. */
int vif_give_mac(struct vif_config *vif, struct error *error);

/* Looks at the bridge and the script. */
int vif_check(const struct vif_config *vif, struct error *error);
/* Gives numbers to those without, checks all, and that they do not collide with each other. */
int vif_check_all(struct vif_config *vifs, uint32_t count, struct error *error);

#endif
