// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs read: JSON as text, and a domain's report in both forms, byte by byte where readers
 * of xl's output depend on the layout.
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
#include "lib/domain_report.h"
#include "lib/json.h"
#include "public/control.h"
#include "sys/error.h"

static char written[8192];

static void assert_written(struct json *json, FILE *out, const char *expected)
{
	struct error error = { 0 };

	assert_int_equal(json_finish(json, &error), 0);
	fclose(out);
	assert_string_equal(written, expected);
}

static FILE *start(struct json *json)
{
	FILE *out = fmemopen(written, sizeof(written), "w");

	written[0] = '\0';
	assert_non_null(out);
	json_start(json, out);
	return out;
}

static void test_layout(void **state)
{
	struct json json;
	FILE *out = start(&json);

	(void)state;
	json_list(&json, NULL);
	json_map(&json, NULL);
	json_number(&json, "domid", 7);
	json_text_if(&json, "none", "");
	json_decimal(&json, "seconds", 1.5);
	json_bool(&json, "up", true);
	json_null(&json, "age");
	assert_written(&json, out,
		       "[\n    {\n        \"domid\": 7,\n        \"seconds\": 1.500000,\n"
		       "        \"up\": true,\n        \"age\": null\n    }\n]\n");
}

static void test_text(void **state)
{
	struct json json;
	FILE *out = start(&json);

	(void)state;
	json_list(&json, NULL);
	json_text(&json, NULL, "a\"b\\c\n\x01");
	json_text(&json, NULL, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7");
	json_text(&json, NULL, "\xff|\xc3|\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\x80");
	assert_written(&json, out,
		       "[\n    \"a\\\"b\\\\c\\n\\u0001\",\n"
		       "    \"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\",\n"
		       "    \"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|"
		       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
		       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\"\n]\n");
}

static void test_too_deep(void **state)
{
	struct error error = { 0 };
	struct json json;
	FILE *out = start(&json);
	unsigned int i;

	(void)state;
	for (i = 0; i < JSON_MAX_DEPTH + 4; i++) {
		json_list(&json, NULL);
	}
	assert_int_equal(json_finish(&json, &error), -ENOMEM);
	fclose(out);
	assert_string_equal(written, "");
	json_start(&json, NULL);
	json_map(&json, NULL);
	json_drop(&json);
}

static const char guest[] =
	"name = 'web1'\nuuid = '01234567-89ab-cdef-0123-456789abcdef'\nkernel = '/boot/k (1)'\n"
	"extra = \"quiet\"\nmemory = 8\nmaxmem = 16\nvcpus = 1\nmaxvcpus = 2\ncpu_weight = 512\n"
	"on_crash = 'rename-restart'\ndisk = [ '/img/a,,xvda,r' ]\n"
	"vif = [ 'mac=00:16:3e:01:02:03,bridge=br0' ]\n";

static void load_guest(struct domain_config *out)
{
	struct config config = { 0 };

	assert_int_equal(config_parse(&config, "g", guest, strlen(guest), NULL), 0);
	assert_int_equal(domain_config_read(&config, out, NULL, NULL), 0);
	config_release(&config);
}

static void test_dry_run(void **state)
{
	static struct domain_config config;
	struct domain_report report = { .config = &config };
	struct json json;
	FILE *out = start(&json);

	(void)state;
	load_guest(&config);
	domain_report_json(&json, &report);
	assert_int_equal(json_finish(&json, NULL), 0);
	fclose(out);
	assert_non_null(strstr(written, "{\n    \"domid\": null,\n    \"config\": {\n        \"c_info\": {\n"
					"            \"type\": \"pv\",\n            \"name\": \"web1\",\n"));
	assert_non_null(strstr(written, "\"avail_vcpus\": [\n                0\n            ],\n"
					"            \"max_memkb\": 16384,\n            \"target_memkb\": 8192,"));
	assert_non_null(strstr(written, "\"weight\": 512,"));
	assert_non_null(strstr(written, "\"cmdline\": \"quiet\","));
	assert_non_null(strstr(written, "\"pdev_path\": \"/img/a\",\n                \"vdev\": \"xvda\","));
	assert_non_null(strstr(written, "\"readwrite\": 0,"));
	assert_non_null(strstr(written, "\"mac\": \"00:16:3e:01:02:03\",\n                \"bridge\": \"br0\","));
	assert_non_null(strstr(written, "\"on_crash\": \"rename_restart\","));
	assert_null(strstr(written, "\"state\""));
}

static const struct control_info running = {
	.domid = 3, .vcpus = 2, .online_vcpus = 1, .tot_pages = 2048, .max_pages = 4096,
	.cpu_time_ns = 1500000000,
};

static void test_running(void **state)
{
	static struct domain_config config;
	struct domain_report report = { &config, &running, "-b----" };
	struct json json;
	FILE *out = start(&json);

	(void)state;
	load_guest(&config);
	json_list(&json, NULL);
	domain_report_json(&json, &report);
	assert_int_equal(json_finish(&json, NULL), 0);
	fclose(out);
	assert_ptr_equal(strstr(written, "[\n    {\n        \"domid\": 3,\n"), written);
	assert_non_null(strstr(written, "        \"state\": \"-b----\",\n        \"online_vcpus\": 1,\n"));
	assert_non_null(strstr(written, "        \"cpu_time\": 1.500000\n    }\n]\n"));
}

static void test_sxp(void **state)
{
	static struct domain_config config;
	struct domain_report report = { &config, &running, "-b----" };
	FILE *out = fmemopen(written, sizeof(written), "w");

	(void)state;
	load_guest(&config);
	domain_report_sxp(out, &report);
	fclose(out);
	assert_string_equal(written,
			    "(domain\n    (domid 3)\n    (name web1)\n    (cpu_time 1.500)\n"
			    "    (state -b----)\n    (uuid 01234567-89ab-cdef-0123-456789abcdef)\n"
			    "    (memory 8)\n    (maxmem 16)\n    (vcpus 2)\n    (online_vcpus 1)\n"
			    "    (on_poweroff destroy)\n    (on_reboot restart)\n    (on_crash rename-restart)\n"
			    "    (image\n        (linux\n            (kernel '/boot/k (1)')\n"
			    "            (args quiet)\n        )\n    )\n"
			    "    (device\n        (vbd\n            (uname file:/img/a)\n"
			    "            (dev xvda)\n            (mode r)\n        )\n    )\n"
			    "    (device\n        (vif\n            (mac 00:16:3e:01:02:03)\n"
			    "            (bridge br0)\n        )\n    )\n)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),	cmocka_unit_test(test_text),
		cmocka_unit_test(test_too_deep), cmocka_unit_test(test_dry_run),
		cmocka_unit_test(test_running),	cmocka_unit_test(test_sxp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
