// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys of xl that Lamina does not act on, each with what is said of it; configurations of other
 * kinds of domain; and the operator's file of defaults.
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

#include "lib/config.h"
#include "lib/domain_config.h"
#include "lib/domain_defaults.h"
#include "sys/error.h"

#define BASE "name = 'web'\nkernel = '/k'\nmemory = 64\n"

static char warned[2000];

static void note_warning(void *context, const char *text)
{
	(void)context;
	snprintf(warned + strlen(warned), sizeof(warned) - strlen(warned), "%s\n", text);
}

static const struct domain_config_warnings warnings = { note_warning, NULL };

static int read_text(const char *text, const struct domain_defaults *defaults,
		     struct domain_config *out, struct error *error)
{
	struct config config = { 0 };
	int rc = config_parse(&config, "t.cfg", text, strlen(text), error);

	warned[0] = '\0';
	if (rc == 0 && defaults != NULL) {
		rc = domain_defaults_apply(defaults, &config, error);
	}
	if (rc == 0) {
		rc = domain_config_read(&config, out, &warnings, error);
	}
	config_release(&config);
	return rc;
}

static const char *const refused[] = {
	"bootloader='pygrub'", "firmware='pvgrub64'", "channel=['connection=pty']",
	"p9=['tag=a']", "pci=['03:00.0']", "ioports=['2f8-2ff']", "iomem=['a0000,20']",
	"irqs=[5]", "usbctrl=['type=pv']", "usbdev=['hostbus=1']", "vtpm=['backend=v']",
	"vkb=['backend-type=linux']", "vdispl=['be-alloc=0']", "vsnd=['card']", "vfb=['vnc=1']",
	"pvcalls=['backend=0']", "virtio=['type=a']", "pvh=1", "driver_domain=1",
};

static void test_refused(void **state)
{
	static struct domain_config config;
	char text[200];
	char key[40];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct error error = { 0 };

		snprintf(text, sizeof(text), BASE "%s", refused[i]);
		snprintf(key, sizeof(key), "%.*s is refused: ", (int)strcspn(refused[i], "="), refused[i]);
		assert_int_equal(read_text(text, NULL, &config, &error), -ENOTSUP);
		assert_string_equal(error.object, "t.cfg:4:1");
		assert_ptr_equal(strstr(error.sentence, key), error.sentence);
		/* What asks for nothing is no reason to refuse. */
		snprintf(text, sizeof(text), BASE "%.*s=%s", (int)strcspn(refused[i], "="), refused[i],
			 strchr(refused[i], '[') != NULL ? "[]" : "0");
		assert_int_equal(read_text(text, NULL, &config, &error), 0);
		assert_string_equal(warned, "");
	}
}

static const char *const ignored[] = {
	"bootloader_args='-q'", "pool='p'", "vnuma=[['pnode=0']]",
	"max_maptrack_frames=9", "max_grant_version=2", "nomigrate=1", "tsc_mode='native'",
	"localtime=1", "rtc_timeoffset=9", "cpuid='host'", "seclabel='a'", "e820_host=1",
	"passthrough='share_pt'", "vpmu=1", "latency=5", "boot='c'", "hap=1", "acpi=1", "nx=1",
	"viridian=1", "stdvga=1", "device_model_version='qemu-xen'", "sdl=1", "vncpasswd=''",
	"pvshim=1", "gic_version='v2'", "dhcp='on'", "cpu_cap=50", "bootargs='x'",
};

static void test_ignored(void **state)
{
	static struct domain_config config;
	struct error error = { 0 };
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		snprintf(text, sizeof(text), BASE "%s", ignored[i]);
		if (read_text(text, NULL, &config, &error) < 0 || strstr(warned, "ignored") == NULL) {
			fail_msg("%s: '%s' '%s'", ignored[i], warned, error.sentence);
		}
	}
}

static const struct {
	const char *text;
	const char *object;
	const char *words;
} foreign[] = {
	{ "builder='hvm'\nname='a'\nmemory=8", "t.cfg:1:9", "paravirtual domains only" },
	{ "name='a'\nfirmware='bios'\npci=['1:0.0']\ntype='hvm'", "t.cfg:4:6", "paravirtual domains only" },
	{ "type='pvh'\nkernel='/k'\nmemory='x'", "t.cfg:1:6", "paravirtual domains only" },
	{ "type='pv'\nbuilder='hvm'", "t.cfg:2:9", "paravirtual domains only" },
};

static void test_foreign(void **state)
{
	static struct domain_config config;
	struct error error = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		assert_int_equal(read_text(foreign[i].text, NULL, &config, &error), -ENOTSUP);
		assert_string_equal(error.object, foreign[i].object);
		assert_non_null(strstr(error.sentence, foreign[i].words));
	}
	/* Without a type only its keys tell: the reason stands in the hint. */
	assert_int_equal(read_text("name='a'\nmemory=8\nboot='c'", NULL, &config, &error), -EINVAL);
	assert_string_equal(error.sentence, "the key 'kernel' is missing");
	assert_non_null(strstr(error.hint, "'boot' is for hardware-virtualised domains"));
	/* An error of the grammar comes first. */
	assert_int_equal(read_text("type='hvm'\nmemory = = 3", NULL, &config, &error), -EINVAL);
}

static void test_grammar_of_many_hands(void **state)
{
	static struct domain_config config;
	struct error error = { 0 };
	static const char text[] =
		"\xef\xbb\xbf# written on another system\r\nname='a_b.c-d';;kernel = \"/k\"  ;# both\r\n"
		"memory\t=\t0x40 ; vcpus=02\r\nmaxvcpus = '0x4'\r\n"
		"disk = [ # disks\r\n\t'/a,raw,xvda,w',\r\n\r\n\t\"/b,,xvdb,r\",\r\n\t]\r\n"
		"extra = 'it\\'s \"so\"'; extra += \" \\x41\\102\\\\\"\r\nvif = [ '' , ]\r\nvif += [ 'bridge=b2' ]";

	(void)state;
	assert_int_equal(read_text(text, NULL, &config, &error), 0);
	assert_string_equal(warned, "");
	assert_string_equal(config.name, "a_b.c-d");
	assert_int_equal(config.memory_mib, 64);
	assert_int_equal(config.vcpus, 2);
	assert_int_equal(config.maxvcpus, 4);
	assert_int_equal(config.disk_count, 2);
	assert_true(config.disks[1].is_read_only);
	assert_string_equal(config.cmdline, "it's \"so\" AB\\");
	assert_int_equal(config.vif_count, 2);
	assert_string_equal(config.vifs[1].bridge, "b2");
}

static int read_defaults(const char *text, struct domain_defaults *out, struct error *error)
{
	struct config config = { 0 };
	int rc = config_parse(&config, "lam.conf", text, strlen(text), error);

	warned[0] = '\0';
	if (rc == 0) {
		rc = domain_defaults_parse(out, &config, &warnings, error);
	}
	config_release(&config);
	return rc;
}

static void test_defaults(void **state)
{
	static struct domain_config config;
	struct domain_defaults defaults;
	struct error error = { 0 };

	(void)state;
	assert_int_equal(read_defaults("# as Debian ships it\nautoballoon='auto'\nlockfile=\"/l\"\n"
				       "vif.default.bridge='br9'\nvif.default.backend='0'\n"
				       "max_grant_frames=32\noutput_format='sxp'\nclaim_mode=1\nfoo=1",
				       &defaults, &error), 0);
	assert_string_equal(warned, "lam.conf:9:1: unknown key 'foo' is ignored\n");
	assert_true(defaults.prints_sxp);
	assert_int_equal(read_text(BASE "vif=['mac=00:16:3e:00:00:01','bridge=own']", &defaults, &config,
				   &error), 0);
	assert_string_equal(config.vifs[0].bridge, "br9");
	assert_string_equal(config.vifs[1].bridge, "own");
	assert_int_equal(config.max_grant_frames, 32);
	assert_int_equal(read_text(BASE "max_grant_frames=8", &defaults, &config, &error), 0);
	assert_int_equal(config.max_grant_frames, 8);
	assert_int_equal(read_defaults("vif.default.script='s'", &defaults, &error), 0);
	assert_int_equal(read_text(BASE "vif=['']", &defaults, &config, &error), 0);
	assert_string_equal(config.vifs[0].bridge, "");
	assert_non_null(strstr(config.vifs[0].script, "s"));
}

static void test_bad_defaults(void **state)
{
	struct domain_defaults defaults;
	struct error error = { 0 };

	(void)state;
	assert_int_equal(read_defaults("vif.default.bridge=3", &defaults, &error), -EINVAL);
	assert_int_equal(read_defaults("vif.default.bridge='a,b'", &defaults, &error), -EINVAL);
	assert_int_equal(read_defaults("vif.default.backend='net'", &defaults, &error), -ENOTSUP);
	assert_int_equal(read_defaults("output_format='xml'", &defaults, &error), -EINVAL);
	assert_string_equal(error.object, "lam.conf:1:15");
	assert_int_equal(read_defaults("max_grant_frames=0", &defaults, &error), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_grammar_of_many_hands),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_bad_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
