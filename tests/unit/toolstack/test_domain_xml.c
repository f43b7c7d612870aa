// SPDX-License-Identifier: GPL-2.0-only
/*
 * libvirt's domain XML and xl configurations: each form from the other, what is refused with which
 * line, and what a hostile text must not reach.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/domain_xml.h"
#include "lib/config.h"
#include "lib/domain_config.h"
#include "lib/domain_xml.h"
#include "sys/error.h"

static struct domain_xml xml;
static char warned[2000];

static void note_warning(void *context, const char *text)
{
	(void)context;
	snprintf(warned + strlen(warned), sizeof(warned) - strlen(warned), "%s\n", text);
}

static const struct domain_config_warnings warnings = { note_warning, NULL };

/* The configuration of an XML text; NULL: refused, xml.notes says why. */
static char *convert(const char *text)
{
	char *config = NULL;
	size_t length;
	int rc;

	xml.out = open_memstream(&config, &length);
	assert_non_null(xml.out);
	rc = domain_xml_convert(&xml, text, strlen(text));
	fclose(xml.out);
	xml_tree_release(&xml.tree);
	if (rc < 0) {
		free(config);
		config = NULL;
	}
	return config;
}

static int read_config(const char *text, struct domain_config *out, struct error *error)
{
	struct config config = { .is_from_xml = true };
	int rc = config_parse(&config, "x", text, strlen(text), error);

	warned[0] = '\0';
	if (rc == 0) {
		rc = domain_config_read(&config, out, &warnings, error);
	}
	config_release(&config);
	return rc;
}

/* Configuration, XML, configuration: the same domain; what is lost on the way is named. */
static void assert_survives(const char *text, const char *lost)
{
	static struct domain_config before, after;
	struct error error = { 0 };
	char *middle = NULL, *again;
	size_t length;
	FILE *out = open_memstream(&middle, &length);

	if (read_config(text, &before, &error) < 0) {
		fail_msg("'%s': %s", text, error.sentence);
	}
	assert_int_equal(domain_xml_write(out, &before, &warnings, &error), 0);
	fclose(out);
	assert_string_equal(warned, lost);
	again = convert(middle);
	if (again == NULL || read_config(again, &after, &error) < 0) {
		fail_msg("'%s': %s %s", middle, xml.notes, error.sentence);
	}
	if (lost[0] == '\0') {
		assert_memory_equal(&before, &after, sizeof(before));
	}
	free(middle);
	free(again);
}

#define BASE "name='web'\nkernel='/k'\nmemory=64\n"

static void test_both_ways(void **state)
{
	(void)state;
	assert_survives(BASE, "");
	assert_survives(BASE "maxmem=128;vcpus=2;maxvcpus=4;ramdisk='/r';cpu_weight=100;cap=250;cpus='0-3,6'\n"
			"uuid='01234567-89ab-cdef-0123-456789abcdef'\nmax_grant_frames=7\n"
			"max_event_channels=99\non_poweroff='preserve'\non_reboot='destroy'\n"
			"on_crash='rename-restart'\ncmdline='a=\"b\" <c> & \\'d\\''", "");
	assert_survives(BASE "disk=['/dev/vg/a,,xvda,w','/i/b,,xvdb,r','/i/c,,hda,w!',"
			"'format=qcow2,vdev=xvdd,no-discard,target=/i/d,e=f','/i/v,vhd,xvde,w',"
			"'backendtype=phy,vdev=xvdf,access=w,target=/dev/x']", "");
	assert_survives(BASE "vif=['','mac=00:16:3e:00:00:01,bridge=b1,vifname=web.0,mtu=9000',"
			"'script=up,ip=10.0.0.2','ip=fe80::1/64,rate=1024KB/s','rate=10Mb/s']",
			"a fraction of a KiB in an interface's rate is left out: libvirt's XML cannot say it\n");
}

static void test_what_is_lost(void **state)
{
	(void)state;
	assert_survives(BASE "on_watchdog='restart'",
			"on_watchdog is left out: libvirt's XML cannot say it\n");
	assert_survives(BASE "cpus_soft='1'", "cpus_soft is left out: libvirt's XML cannot say it\n");
	assert_survives(BASE "vif=['gatewaydev=e0']",
			"gatewaydev of an interface is left out: libvirt's XML cannot say it\n");
	assert_survives(BASE "vif=['devid=3,ip=any thing']",
			"ip 'any thing' of an interface is left out: libvirt's XML cannot say it\n"
			"devid=3 of an interface is left out: libvirt's XML cannot say it\n");
}

static void test_bytes_xml_has_not(void **state)
{
	static struct domain_config config;
	struct error error = { 0 };
	FILE *out = fopen("/dev/null", "w");

	(void)state;
	assert_int_equal(read_config(BASE "cmdline='a\\x01b'", &config, &error), 0);
	assert_int_equal(domain_xml_write(out, &config, NULL, &error), -EILSEQ);
	assert_string_equal(error.object, "cmdline");
	fclose(out);
}

static void test_lines_are_kept(void **state)
{
	static struct domain_config config;
	struct error error = { 0 };
	char *text = convert("<domain type='xen'>\n <name>a</name>\n <os>\n  <kernel>/k</kernel>\n </os>\n"
			     " <memory>8192</memory>\n\n <on_crash>explode</on_crash>\n</domain>");

	(void)state;
	assert_non_null(text);
	assert_int_equal(read_config(text, &config, &error), -EINVAL);
	assert_string_equal(error.object, "x:8");
	free(text);
}

#define DOMAIN(inside) "<domain type='xen'>" inside "</domain>"

static const struct {
	const char *text;
	const char *note;
} refused[] = {
	{ "", "line 1: the XML is damaged: " },
	{ "<domain type='xen'><name>a</domain>", "line 1: the XML is damaged: " },
	{ "<network/>", "line 1: <network> is no domain" },
	{ "<domain type='kvm'/>", "line 1: the domain's type is not 'xen'" },
	{ "<domain/>", "line 1: the domain's type is not 'xen'" },
	{ DOMAIN("\n<memory>8M</memory>"), "line 2: <memory>: '8M' is not a number" },
	{ DOMAIN("<memory unit='ell'>8</memory>"), "line 1: <memory>: the unit 'ell' is unknown" },
	{ DOMAIN("<memory unit='TiB'>999999999999999</memory>"), "line 1: <memory>: the unit 'TiB'" },
	{ DOMAIN("<vcpu>-1</vcpu>"), "line 1: <vcpu>: '-1' is not a number" },
	{ DOMAIN("<os><type>exe</type></os>"), "line 1: <os>: the type 'exe' is unknown" },
	{ DOMAIN("<devices><disk type='network'/></devices>"), "line 1: <disk>: the type 'network'" },
	{ DOMAIN("<devices><disk type='file'/></devices>"), "line 1: <disk>: <source> with its file" },
	{ DOMAIN("<devices><disk><source file='/a'/></disk></devices>"), "line 1: <disk>: <target" },
	{ DOMAIN("<devices><disk device='lun'><source file='/a'/><target dev='xvda'/></disk></devices>"),
	  "line 1: <disk>: the device 'lun'" },
	{ DOMAIN("<devices><interface type='network'/></devices>"), "line 1: <interface>: the type" },
	{ DOMAIN("<devices><interface><source bridge='a,b'/></interface></devices>"),
	  "line 1: <interface>: 'a,b' has a comma" },
	{ "<!DOCTYPE domain><domain type='xen'/>", "line 1: a document type is not accepted here" },
	{ "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>\n<domain type='xen'/>", "line 1: a document type" },
	{ "<!DOCTYPE d [<!ENTITY a 'b'>]><domain type='xen'><name>&a;</name></domain>",
	  "line 1: a document type" },
	{ DOMAIN("<name>&a;</name>"), "line 1: the XML is damaged: Entity 'a' not defined" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><domain type='xen'><name>\xe4</name></domain>",
	  "line 1: the XML is damaged: Input is not proper UTF-8" },
};

static void test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char *text = convert(refused[i].text);

		if (text != NULL || strstr(xml.notes, refused[i].note) != xml.notes) {
			fail_msg("'%s' gives '%s' '%s'", refused[i].text, text, xml.notes);
		}
	}
}

static void test_warned(void **state)
{
	char *text = convert(DOMAIN("<title>t</title><features/><memory unit='KB'>1000</memory>"
				    "<os><loader/></os><devices><video/><emulator/></devices>"));

	(void)state;
	assert_non_null(text);
	assert_string_equal(xml.notes,
			    "warning: line 1: <features> is ignored: it has no meaning here\n"
			    "warning: line 1: <memory> becomes 1 MiB: memory is given in whole MiB\n"
			    "warning: line 1: <os>: <loader> is ignored\n"
			    "warning: line 1: <devices>: <video> is ignored: there is no such device\n");
	free(text);
}

/* What Lamina cannot give is refused where xl's key for it is. */
static void test_foreign(void **state)
{
	static const char *const texts[] = {
		DOMAIN("<os><type>hvm</type></os>"), DOMAIN("<os><type machine='xenpvh'>xen</type></os>"),
		DOMAIN("<devices><hostdev/></devices>"), DOMAIN("<devices><graphics type='vnc'/></devices>"),
		DOMAIN("<bootloader>/usr/bin/pygrub</bootloader>"),
		DOMAIN("<devices><disk device='cdrom'><source file='/a'/><target dev='hda'/></disk></devices>"),
		DOMAIN("<devices><interface><vlan><tag id='3'/></vlan></interface></devices>"),
	};
	static struct domain_config config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error error = { 0 };
		char *text = convert(texts[i]);

		assert_non_null(text);
		assert_int_equal(read_config(text, &config, &error), -ENOTSUP);
		free(text);
	}
}

static void test_bounds(void **state)
{
	size_t bytes = XML_TREE_MAX_BYTES + 1;
	char *big = malloc(bytes + 1);

	(void)state;
	memset(big, ' ', bytes);
	big[bytes] = '\0';
	assert_null(convert(big));
	assert_string_equal(xml.notes, "the XML is longer than 1024 KiB");
	for (bytes = 0; bytes < 3000; bytes += 3) {
		memcpy(big + bytes, "<a>", 3);
	}
	big[3000] = '\0';
	assert_null(convert(big));
	assert_non_null(strstr(xml.notes, "Excessive depth"));
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),	  cmocka_unit_test(test_what_is_lost),
		cmocka_unit_test(test_bytes_xml_has_not), cmocka_unit_test(test_lines_are_kept),
		cmocka_unit_test(test_refused),		  cmocka_unit_test(test_warned),
		cmocka_unit_test(test_foreign),		  cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
