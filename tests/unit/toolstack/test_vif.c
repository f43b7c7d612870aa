// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar of network interfaces: what is read, what is refused with which sentence, that text
 * made from an interface gives the same one again, and what is checked before anything is created.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/vif.h"
#include "sys/error.h"

static void test_everything(void **state)
{
	static const uint8_t mac[6] = { 0x00, 0x16, 0x3e, 0x0a, 0xbc, 0xff };
	struct error error = { 0 };
	struct vif_config vif;

	(void)state;
	assert_int_equal(vif_parse(" mac=00:16:3E:0a:bc:ff , bridge = br7,vifname=web.0,ip=10.0.0.2/24,"
				   "rate=10Mb/s@20ms,mtu=9000,devid=3,script=/etc/up,trusted=0,"
				   "backendtype=vif,type=netfront,model=e1000,backend=0,gatewaydev=eth0",
				   &vif, &error), 0);
	assert_true(vif.has_mac && vif.has_number && vif.is_untrusted);
	assert_memory_equal(vif.mac, mac, sizeof(mac));
	assert_string_equal(vif.bridge, "br7");
	assert_string_equal(vif.link, "web.0");
	assert_string_equal(vif.ip, "10.0.0.2/24");
	assert_string_equal(vif.script, "/etc/up");
	assert_string_equal(vif.gateway_device, "eth0");
	assert_int_equal(vif.rate_bytes, 10000000 / 8 / 50);
	assert_int_equal(vif.rate_interval_us, 20000);
	assert_int_equal(vif.mtu, 9000);
	assert_int_equal(vif.number, 3);
	assert_int_equal(vif.backend, VIF_BACKEND_KERNEL);
}

static void test_nothing_is_all_defaults(void **state)
{
	struct error error = { 0 };
	struct vif_config vif;

	(void)state;
	assert_int_equal(vif_parse("", &vif, &error), 0);
	assert_string_equal(vif.bridge, VIF_DEFAULT_BRIDGE);
	assert_false(vif.has_mac || vif.has_number);
	assert_int_equal(vif.backend, VIF_BACKEND_OURS);
	/* A script may want no bridge. */
	assert_int_equal(vif_parse("script=/bin/true", &vif, &error), 0);
	assert_string_equal(vif.bridge, "");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *spec;
		const char *words;
	} rows[] = {
		{ "mac=00:16:3e:xx", "'00:16:3e:xx' is not a MAC address" },
		{ "mac=00:16:3e:11:22:33:44", "is not a MAC address" },
		{ "mac=00163e112233", "is not a MAC address" },
		{ "mac=01:16:3e:11:22:33", "address of a group" },
		{ "mac=00:00:00:00:00:00", "address of a group or of nobody" },
		{ "bridge=", "'' is not the name of a network device" },
		{ "bridge=a/b", "is not the name of a network device" },
		{ "bridge=sixteen-letters-x", "is not the name of a network device" },
		{ "vifname=..", "is not the name of a network device" },
		{ "rate=fast", "'fast' is not a rate" },
		{ "rate=10", "is not a rate" },
		{ "rate=10Mb/s@", "is not a rate" },
		{ "rate=10Mb/s@2s", "is not a rate" },
		{ "rate=1b/s", "is not a rate" },
		{ "rate=99999999999999999999GB/s", "is not a rate" },
		{ "mtu=67", "'67' is not a number from 68 to 65535" },
		{ "mtu=-1", "'-1' is not a number" },
		{ "devid=256", "'256' is not a number from 0 to 255" },
		{ "trusted=2", "'2' is not a number from 0 to 1" },
		{ "backend=driver", "not from domain 'driver'" },
		{ "backendtype=tap", "backendtype 'tap' does not exist" },
		{ "type=ioemu", "no emulated cards" },
		{ "vlan=7", "not yet: vlan=7" },
		{ "brigde=xenbr0", "unknown key 'brigde'" },
		{ "xenbr0", "'xenbr0' is not of the form key=value" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error = { 0 };
		struct vif_config vif;

		assert_true(vif_parse(rows[i].spec, &vif, &error) < 0);
		if (strstr(error.sentence, rows[i].words) == NULL) {
			fail_msg("%s: %s", rows[i].spec, error.sentence);
		}
		assert_non_null(strstr(error.object, "vif '"));
	}
}

static void test_text_gives_the_same_again(void **state)
{
	static const char *const specs[] = {
		"", "mac=00:16:3e:00:00:01", "bridge=b,mtu=1500,devid=0", "rate=1GB/s", "rate=33333b/s@7us",
		"rate=12345678B/s@999ms,trusted=0,backendtype=vif", "script=/s,ip=::1,vifname=v",
	};
	char text[VIF_SPEC_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct vif_config vif, again;

		if (vif_parse(specs[i], &vif, NULL) < 0) {
			/* 33333 bits a second are less than a byte in seven microseconds. */
			assert_string_equal(specs[i], "rate=33333b/s@7us");
			continue;
		}
		assert_true(vif_format(&vif, text, sizeof(text)) < (int)sizeof(text));
		assert_int_equal(vif_parse(text, &again, NULL), 0);
		assert_memory_equal(&vif, &again, sizeof(vif));
	}
}

static void test_addresses_that_are_made(void **state)
{
	struct vif_config vif = { 0 }, other = { 0 };
	uint8_t first[6];
	unsigned int i, same = 0;

	(void)state;
	for (i = 0; i < 20; i++) {
		vif.has_mac = other.has_mac = false;
		assert_int_equal(vif_give_mac(&vif, NULL), 0);
		assert_int_equal(vif_give_mac(&other, NULL), 0);
		same += memcmp(vif.mac, other.mac, 6) == 0;
		assert_int_equal(vif.mac[0] | vif.mac[1] << 8 | vif.mac[2] << 16, 0x3e1600);
	}
	assert_true(same < 3);
	memcpy(first, vif.mac, 6);
	assert_int_equal(vif_give_mac(&vif, NULL), 0);
	assert_memory_equal(first, vif.mac, 6);
}

static void test_checks(void **state)
{
	struct vif_config vifs[2];
	struct error error = { 0 };

	(void)state;
	assert_int_equal(vif_parse("bridge=nosuchbridge0", &vifs[0], &error), 0);
	assert_int_equal(vif_check(&vifs[0], &error), -ENODEV);
	assert_string_equal(error.object, "bridge 'nosuchbridge0'");
	assert_int_equal(vif_parse("script=up", &vifs[0], &error), 0);
	assert_int_equal(vif_check(&vifs[0], &error), -EINVAL);
	assert_int_equal(vif_parse("script=/no/such/script", &vifs[0], &error), 0);
	assert_int_equal(vif_check(&vifs[0], &error), -ENOENT);

	assert_int_equal(vif_parse("script=/bin/sh,mac=00:16:3e:00:00:01", &vifs[0], &error), 0);
	vifs[1] = vifs[0];
	assert_int_equal(vif_check_all(vifs, 2, &error), -EEXIST);
	assert_string_equal(error.object, "mac 00:16:3e:00:00:01");
	vifs[1].mac[5] = 2;
	assert_int_equal(vif_check_all(vifs, 2, &error), 0);
	assert_int_equal(vifs[1].number, 1);
	vifs[1].has_number = true;
	vifs[1].number = 0;
	assert_int_equal(vif_check_all(vifs, 2, &error), -EEXIST);
	assert_string_equal(error.object, "devid 0");
	vifs[1].number = 7;
	strcpy(vifs[0].link, "web");
	strcpy(vifs[1].link, "web");
	assert_int_equal(vif_check_all(vifs, 2, &error), -EEXIST);
	assert_string_equal(error.object, "vifname 'web'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_nothing_is_all_defaults),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_text_gives_the_same_again),
		cmocka_unit_test(test_addresses_that_are_made),
		cmocka_unit_test(test_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
