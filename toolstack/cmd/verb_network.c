// SPDX-License-Identifier: GPL-2.0-only
/*
 * network-attach, network-detach, network-list: network interfaces of running domains.
 */
#include <stdio.h>

#include "cmd/verb_device.h"
#include "cmd/verbs.h"
#include "lib/domain_defaults.h"
#include "lib/domain_devices.h"
#include "lib/json.h"
#include "lib/vif.h"
#include "lib/vif_store.h"

static int network_attach(struct device_verb *device, const char *spec, struct vif_config *vif, struct error *error)
{
	struct domain_defaults defaults;
	char whole[VIF_SPEC_BYTES + sizeof(defaults.vif_parts)];
	int rc = domain_defaults_load(&defaults, NULL, error);

	if (rc == 0) {
		snprintf(whole, sizeof(whole), "%s%s", defaults.vif_parts, spec);
		rc = vif_parse(whole, vif, error);
	}
	if (rc == 0) {
		rc = vif_check(vif, error);
	}
	if (rc == 0) {
		rc = vif_give_mac(vif, error);
	}
	return rc < 0 ? rc : vif_store_attach(device->store, device->ref.domid, vif, error);
}

static void network_remember(const struct verb_context *context, const struct device_verb *device,
			     const struct vif_config *vif)
{
	struct error error = { 0 };

	if (device->ref.domid != 0) {
		device_verb_remembered(context, device, domain_saved_put_vif(device->ref.info.handle, vif, &error), &error);
	}
}

static void network_forget(const struct verb_context *context, const struct device_verb *device, uint32_t number)
{
	struct error error = { 0 };

	if (device->ref.domid != 0) {
		device_verb_remembered(context, device, domain_saved_drop_vif(device->ref.info.handle, number, &error),
				       &error);
	}
}

static int network_attach_run(struct verb_context *context, int argc, char **argv)
{
	struct device_verb device;
	struct error error = { 0 };
	char spec[VIF_SPEC_BYTES];
	struct vif_config vif;
	int status;

	if (argc < 2 || argv[1][0] == '-') {
		return verb_usage(context, "a domain is needed");
	}
	status = device_verb_join(context, argv + 2, spec, sizeof(spec));
	if (status == VERB_DONE) {
		status = device_verb_open(context, argv[1], &device);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (network_attach(&device, spec, &vif, &error) < 0) {
		status = verb_fail(context, device.ref.name, &error);
	} else {
		network_remember(context, &device, &vif);
	}
	device_verb_close(&device);
	return status;
}

static int network_detach_run(struct verb_context *context, int argc, char **argv)
{
	struct device_verb device;
	struct error error = { 0 };
	bool force = false;
	uint32_t number;
	int status = device_verb_detach_arguments(context, argc, &argv, &force);

	if (status == VERB_DONE) {
		status = device_verb_open(context, argv[1], &device);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (vif_store_detach(device.store, device.ref.domid, argv[2], force, &number, &error) < 0) {
		status = verb_fail(context, device.ref.name, &error);
	} else {
		network_forget(context, &device, number);
	}
	device_verb_close(&device);
	return status;
}

static void network_tell_json(struct json *json, const struct vif_status *status)
{
	json_map(json, NULL);
	json_number(json, "devid", status->number);
	json_text(json, "mac", status->mac);
	json_text_if(json, "bridge", status->bridge);
	json_text(json, "device", status->link);
	json_text(json, "backend", status->backend == VIF_BACKEND_OURS ? "qnic" : "vif");
	json_number(json, "state", status->state);
	json_text(json, "backend_path", status->path);
	json_end(json);
}

static void network_tell(void *context, const struct vif_status *status)
{
	const struct device_table *table = context;

	if (table->json != NULL) {
		network_tell_json(table->json, status);
	} else if (table->verb->is_xl) {
		printf("%-3u %-2u %-17s %6u %5u %6d %5d/%-11d %-30s\n", status->number, 0,
		       status->mac, status->number, status->state, status->port, status->tx_ref,
		       status->rx_ref, status->path);
	} else {
		printf("%-5u %-17s %-15s %-15s %-7s %u\n", status->number, status->mac,
		       status->bridge[0] != '\0' ? status->bridge : "-", status->link,
		       status->backend == VIF_BACKEND_OURS ? "qnic" : "vif", status->state);
	}
}

static int network_list_run(struct verb_context *context, int argc, char **argv)
{
	struct device_table table;
	struct device_verb device;
	int status = verb_one_domain(context, argc, argv);

	if (status == VERB_DONE) {
		status = device_verb_open(context, argv[1], &device);
	}
	if (status != VERB_DONE) {
		return status;
	}
	device_table_start(&table, context, context->is_xl ?
			   "Idx BE Mac Addr.         handle state evt-ch   tx-/rx-ring-ref BE-path" :
			   "devid mac               bridge          device          backend state");
	vif_store_list(device.store, device.ref.domid, network_tell, &table);
	device_verb_close(&device);
	return device_table_end(&table, VERB_DONE);
}

const struct verb verb_network_attach = {
	.name = "network-attach",
	.usage = "DOMAIN [KEY=VALUE...]",
	.summary = "give a running domain a network interface",
	.details = "KEY=VALUE as in a configuration: mac=, bridge=, vifname=, rate=, mtu=, ...",
	.run = network_attach_run,
};

const struct verb verb_network_detach = {
	.name = "network-detach",
	.usage = "[--force] DOMAIN DEVID|MAC",
	.summary = "take a network interface away from a running domain",
	.details = "--force: without waiting for the guest",
	.run = network_detach_run,
};

const struct verb verb_network_list = {
	.name = "network-list",
	.usage = "DOMAIN",
	.summary = "the network interfaces of a domain, with the state of each back end (4: connected)",
	.run = network_list_run,
	.formats = VERB_HAS_JSON,
};
