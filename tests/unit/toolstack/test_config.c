// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar of xl.cfg, and the meaning of keys: what is read, what is refused with which
 * position and sentence, and that no truncation or damage of a file does more than be refused.
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
#include "sys/error.h"

static const struct config_value *value_of(const struct config *config, const char *key)
{
	const struct config_entry *entry = config_find(config, key);

	assert_non_null(entry);
	return entry->value;
}

static void parse_good(struct config *config, const char *text)
{
	struct error error = { 0 };

	memset(config, 0, sizeof(*config));
	if (config_parse(config, "t.cfg", text, strlen(text), &error) < 0) {
		fail_msg("refused: %s: %s", error.object, error.sentence);
	}
}

static void test_strings(void **state)
{
	struct config config;

	(void)state;
	parse_good(&config, "a = 'x\"y'; b = \"x'y\"\nc = \"\\\"\\\\\\n\\t\\x41\\102\"; d = '' # e = 'no'\n"
			    "f='#;[]'");
	assert_string_equal(value_of(&config, "a")->text, "x\"y");
	assert_string_equal(value_of(&config, "b")->text, "x'y");
	assert_string_equal(value_of(&config, "c")->text, "\"\\\n\tAB");
	assert_string_equal(value_of(&config, "d")->text, "");
	assert_string_equal(value_of(&config, "f")->text, "#;[]");
	assert_null(config_find(&config, "e"));
	config_release(&config);
}

static void test_numbers_in_any_base(void **state)
{
	struct config config;

	(void)state;
	parse_good(&config, "a=12\nb = 0x1F;c=010\nd=-7\r\ne=0");
	assert_int_equal(value_of(&config, "a")->number, 12);
	assert_int_equal(value_of(&config, "b")->number, 31);
	assert_int_equal(value_of(&config, "c")->number, 8);
	assert_int_equal(value_of(&config, "d")->number, -7);
	assert_int_equal(value_of(&config, "e")->number, 0);
	config_release(&config);
}

static void test_lists(void **state)
{
	struct config config;
	const struct config_value *list;

	(void)state;
	parse_good(&config, "disk = [\n 'a', # one\n ['b', 3,\n],\n]\nempty=[]\nn = [ [ ] , ]\n");
	list = value_of(&config, "disk");
	assert_int_equal(list->type, CONFIG_LIST);
	assert_int_equal(list->count, 2);
	assert_string_equal(list->first->text, "a");
	assert_int_equal(list->first->next->type, CONFIG_LIST);
	assert_int_equal(list->first->next->count, 2);
	assert_int_equal(list->first->next->first->next->number, 3);
	assert_int_equal(value_of(&config, "empty")->count, 0);
	assert_int_equal(value_of(&config, "n")->count, 1);
	config_release(&config);
}

static void test_add(void **state)
{
	struct config config;

	(void)state;
	parse_good(&config, "a = 'x'\na += 'y'\nl = [1]\nl += [2,3]\nnew += 'z'\nb = 1\nb = 2");
	assert_string_equal(value_of(&config, "a")->text, "xy");
	assert_int_equal(value_of(&config, "l")->count, 3);
	assert_int_equal(value_of(&config, "l")->first->next->next->number, 3);
	assert_string_equal(value_of(&config, "new")->text, "z");
	assert_int_equal(value_of(&config, "b")->number, 2);
	config_release(&config);
}

struct refusal {
	const char *text;
	const char *object;
	const char *words;
};

static const struct refusal syntax[] = {
	{ "a = foo", "t.cfg:1:5", "found the word 'foo'" },
	{ "a = 8M", "t.cfg:1:5", "'8M' is not a number" },
	{ "\n  = 3", "t.cfg:2:3", "expected a key" },
	{ "a b", "t.cfg:1:3", "expected '=' or '+='" },
	{ "a =\nb = 1", "t.cfg:1:4", "found the end of the line" },
	{ "a = 'x", "t.cfg:1:5", "no closing '" },
	{ "a = 'x\n'", "t.cfg:1:5", "no closing '" },
	{ "a = \"\"\"x\"\"\"", "t.cfg:1:7", "no triple quotes" },
	{ "a = [1, 2", "t.cfg:1:10", "expected ',' or ']'" },
	{ "a = [1 2]", "t.cfg:1:8", "expected ',' or ']'" },
	{ "a = [,]", "t.cfg:1:6", "expected a quoted string" },
	{ "a = 1 2", "t.cfg:1:7", "expected the end of the line" },
	{ "a = '\\q'", "t.cfg:1:7", "unknown escape" },
	{ "a = '\\0'", "t.cfg:1:7", "unknown escape" },
	{ "a = 1\na += 2", "t.cfg:2:6", "cannot add a number to a number" },
	{ "a = []\na += 'x'", "t.cfg:2:6", "cannot add a string to a list" },
	{ "a = -", "t.cfg:1:5", "is not a number" },
	{ "a = 99999999999999999999", "t.cfg:1:5", "out of range" },
	{ "a = 1 @", "t.cfg:1:7", "'@' has no meaning" },
	{ "a = \x01", "t.cfg:1:5", "byte 0x01" },
	{ "a = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "t.cfg:1:21", "nested more than 16" },
};

static void test_syntax_errors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(syntax) / sizeof(syntax[0]); i++) {
		struct config config = { 0 };
		struct error error = { 0 };
		int rc = config_parse(&config, "t.cfg", syntax[i].text, strlen(syntax[i].text),
				      &error);

		if (rc >= 0 || strcmp(error.object, syntax[i].object) != 0 ||
		    strstr(error.sentence, syntax[i].words) == NULL) {
			fail_msg("'%s' gives %d '%s' '%s'", syntax[i].text, rc, error.object,
				 error.sentence);
		}
		config_release(&config);
	}
}

static void note_warning(void *context, const char *text)
{
	char *into = context;

	snprintf(into + strlen(into), 600 - strlen(into), "%s\n", text);
}

static int read_text(const char *text, struct domain_config *out, char *warnings,
		     struct error *error)
{
	struct domain_config_warnings sink = { note_warning, warnings };
	struct config config = { 0 };
	int rc = config_parse(&config, "t.cfg", text, strlen(text), error);

	warnings[0] = '\0';
	if (rc == 0) {
		rc = domain_config_read(&config, out, &sink, error);
	}
	config_release(&config);
	return rc;
}

#define BASE "name = 'web'\nkernel = '/k'\nmemory = 64\n"

static void test_domain_defaults(void **state)
{
	struct domain_config config;
	struct error error = { 0 };
	char warnings[600];

	(void)state;
	assert_int_equal(read_text(BASE, &config, warnings, &error), 0);
	assert_string_equal(warnings, "");
	assert_string_equal(config.name, "web");
	assert_int_equal(config.memory_mib, 64);
	assert_int_equal(config.maxmem_mib, 64);
	assert_int_equal(config.vcpus, 1);
	assert_int_equal(config.maxvcpus, 1);
	assert_int_equal(config.on[DOMAIN_EVENT_REBOOT], DOMAIN_ACTION_RESTART);
	assert_int_equal(config.on[DOMAIN_EVENT_CRASH], DOMAIN_ACTION_DESTROY);
	assert_false(config.has_uuid);
}

static void test_domain_keys(void **state)
{
	struct domain_config config;
	struct error error = { 0 };
	char warnings[600];

	(void)state;
	assert_int_equal(read_text(BASE "vcpus='2'\nmaxvcpus=4;maxmem=0x80\nroot='/dev/xvda'\n"
				   "extra='ro quiet'\non_crash='preserve'\ntype='pv'\n"
				   "uuid='01234567-89ab-cdef-0123-456789ABCDEF'\ndisk=[]\nvif=[]",
				   &config, warnings, &error), 0);
	assert_string_equal(warnings, "");
	assert_int_equal(config.vcpus, 2);
	assert_int_equal(config.maxvcpus, 4);
	assert_int_equal(config.maxmem_mib, 128);
	assert_string_equal(config.cmdline, "root=/dev/xvda ro quiet");
	assert_int_equal(config.on[DOMAIN_EVENT_CRASH], DOMAIN_ACTION_PRESERVE);
	assert_true(config.has_uuid);
	assert_int_equal(config.uuid[15], 0xef);
}

static const struct refusal meanings[] = {
	{ "kernel='/k'\nmemory=8", "t.cfg", "'name' is missing" },
	{ "name='a'\nmemory=8", "t.cfg", "'kernel' is missing" },
	{ "name='a'\nkernel='/k'", "t.cfg", "'memory' is missing" },
	{ BASE "memory='8M'", "t.cfg:4:8", "memory: '8M' is not a number" },
	{ BASE "memory=-5", "t.cfg:4:8", "memory = -5 is out of range: 1 to" },
	{ BASE "memory=0", "t.cfg:4:8", "memory = 0 is out of range" },
	{ BASE "memory=[]", "t.cfg:4:8", "memory must be a number, not a list" },
	{ BASE "vcpus=0", "t.cfg:4:7", "vcpus = 0 is out of range: 1 to 128" },
	{ BASE "vcpus=1000", "t.cfg:4:7", "vcpus = 1000 is out of range: 1 to 128" },
	{ BASE "cpus='0-'", "t.cfg:4:6", "cpus: '0-' names no processors" },
	{ BASE "cpus=['0','x']", "t.cfg:4:11", "cpus: 'x' names no processors" },
	{ BASE "cpus_soft=['0','x']", "t.cfg:4:16", "cpus_soft: 'x' names no processors" },
	{ BASE "cpus=[['0']]", "t.cfg:4:7", "cpus: 'a list in a list' names no processors" },
	{ BASE "vcpus=4\nmaxvcpus=2", "t.cfg:5:1", "maxvcpus = 2 is less than vcpus = 4" },
	{ BASE "maxmem=32", "t.cfg:4:1", "maxmem = 32 MiB is less than memory = 64 MiB" },
	{ BASE "extra=3", "t.cfg:4:7", "extra must be a quoted string, not a number" },
	{ BASE "on_crash='explode'", "t.cfg:4:10", "unknown action 'explode'" },
	{ BASE "type='hvm'", "t.cfg:4:6", "paravirtual domains only" },
	{ BASE "builder='hvm'", "t.cfg:4:9", "paravirtual domains only" },
	{ BASE "type='foo'", "t.cfg:4:6", "unknown domain type 'foo'" },
	{ BASE "uuid='xyz'", "t.cfg:4:6", "is not a UUID" },
	{ BASE "disk=['phy:/dev/a,vda,w']", "t.cfg:4:7", "'vda' is not the name" },
	{ BASE "disk=['/dev/a,qcow3,xvda,w']", "t.cfg:4:7", "qcow3" },
	{ BASE "disk=['script=a,format=qcow2,vdev=xvda,target=b']", "t.cfg:4:7", "not with qcow2" },
	{ BASE "disk=['/dev/a,raw,xvda,x']", "t.cfg:4:7", "access 'x'" },
	{ BASE "disk=['phy:/dev/a,xvda,w',3]", "t.cfg:4:27", "list of quoted strings" },
	{ BASE "vif='bridge=a'", "t.cfg:4:5", "must be a list of quoted strings, not a string" },
	{ BASE "vif=['mac=1']", "t.cfg:4:6", "vif 'mac=1': '1' is not a MAC address" },
	{ BASE "vif=['',7]", "t.cfg:4:9", "list of quoted strings" },
	{ BASE "pci=['03:00.0']", "t.cfg:4:1", "pci is refused: devices are not passed" },
	{ BASE "name='7'", "name '7'", "digits only" },
	{ BASE "name=''", "", "must not be empty" },
	{ BASE "name='a b'", "name 'a b'", "no blanks" },
	{ BASE "name='a/b'", "name 'a/b'", "slashes" },
	{ BASE "name='Domain-0'", "name 'Domain-0'", "reserved" },
};

static void test_domain_refusals(void **state)
{
	struct domain_config config;
	char warnings[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		struct error error = { 0 };
		int rc = read_text(meanings[i].text, &config, warnings, &error);

		if (rc >= 0 || strcmp(error.object, meanings[i].object) != 0 ||
		    strstr(error.sentence, meanings[i].words) == NULL) {
			fail_msg("'%s' gives %d '%s' '%s'", meanings[i].text, rc, error.object,
				 error.sentence);
		}
	}
}

static void test_domain_warnings(void **state)
{
	struct domain_config config;
	struct error error = { 0 };
	char warnings[600];

	(void)state;
	assert_int_equal(read_text(BASE "memroy=3\ndhcp='on'\nhap=1\nlocaltime=1", &config, warnings,
				   &error), 0);
	assert_string_equal(warnings,
		"t.cfg:4:1: unknown key 'memroy' is ignored; the nearest key is 'memory'\n"
		"t.cfg:5:1: unknown key 'dhcp' is ignored\n"
		"t.cfg:6:1: hap means nothing for a paravirtual domain and is ignored\n"
		"t.cfg:7:1: localtime is ignored: guests get UTC\n");
	assert_int_equal(read_text(BASE "cmdline='x'\nextra='y'\non_crash='coredump-restart'\n"
				   "on_reboot='soft-reset'", &config, warnings, &error), 0);
	assert_non_null(strstr(warnings, "root and extra are ignored"));
	assert_null(strstr(warnings, "coredump-restart"));
	assert_int_equal(config.on[DOMAIN_EVENT_CRASH], DOMAIN_ACTION_COREDUMP_RESTART);
	assert_non_null(strstr(warnings, "soft-reset acts as restart"));
	assert_string_equal(config.cmdline, "x");
}

static void test_overrides(void **state)
{
	struct config config;
	struct error error = { 0 };

	(void)state;
	parse_good(&config, "name = 'a'\nextra = 'x'");
	assert_int_equal(config_parse_override(&config, "memory=64", &error), 0);
	assert_int_equal(config_parse_override(&config, "name=bad", &error), 0);
	assert_int_equal(config_parse_override(&config, "extra+= y z", &error), 0);
	assert_int_equal(config_parse_override(&config, "disk=['a','b']", &error), 0);
	assert_int_equal(config_parse_override(&config, "root=\"q\"", &error), 0);
	assert_int_equal(config_parse_override(&config, "ramdisk=", &error), 0);
	assert_int_equal(value_of(&config, "memory")->number, 64);
	assert_string_equal(value_of(&config, "name")->text, "bad");
	assert_string_equal(value_of(&config, "extra")->text, "x y z");
	assert_int_equal(value_of(&config, "disk")->count, 2);
	assert_string_equal(value_of(&config, "root")->text, "q");
	assert_string_equal(value_of(&config, "ramdisk")->text, "");
	assert_int_equal(config_parse_override(&config, "=3", &error), -EINVAL);
	config_release(&config);
}

static void test_written_text_reads_back(void **state)
{
	struct domain_config config, again;
	struct error error = { 0 };
	char warnings[600];
	char text[8192];
	size_t length;

	(void)state;
	assert_int_equal(read_text(BASE "vcpus=3\nextra='quote \" slash \\\\ tab \\t end'\n"
				   "uuid='00000000-1111-2222-3333-444444444444'\non_poweroff='restart'\n"
				   "cpu_weight=512\ncap=50\ncpus='all,^1'\ncpus_soft=['0-3',2,'all']", &config, warnings, &error), 0);
	length = domain_config_write(&config, text, sizeof(text));
	assert_true(length < sizeof(text));
	assert_int_equal(read_text(text, &again, warnings, &error), 0);
	assert_string_equal(warnings, "");
	assert_memory_equal(&config, &again, offsetof(struct domain_config, cpus));
	assert_int_equal(again.cpus.count, 1);
	assert_int_equal(again.cpus_soft.count, 3);
	assert_ptr_equal(cpu_sets_of(&again.cpus, 2), &again.cpus.set[0]);
	assert_int_equal(cpu_sets_of(&again.cpus_soft, 1)->bits[0], 4);
	assert_null(cpu_sets_of(&again.cpus_soft, 3));
	assert_int_equal(domain_config_write(&config, NULL, 0), length);
}

/* Every prefix, and every one-byte change of a full file: refused or read, never more than that. */
static void test_damage(void **state)
{
	static const char text[] = "name = \"web\" ; kernel='/k'\n# note\nmemory += 0x40\n"
				   "disk = [ 'a', [\"b\\n\", 3, ], ]\nextra = 'x'\nextra += 'y'\n";
	char *copy;
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof(text); i++) {
		struct config config = { 0 };

		copy = malloc(i != 0 ? i : 1);
		memcpy(copy, text, i);
		config_parse(&config, "t.cfg", copy, i, NULL);
		config_release(&config);
		free(copy);
	}
	copy = malloc(sizeof(text) - 1);
	for (i = 0; i < sizeof(text) - 1; i++) {
		for (c = 0; c < 256; c++) {
			struct config config = { 0 };

			memcpy(copy, text, sizeof(text) - 1);
			copy[i] = (char)c;
			config_parse(&config, "t.cfg", copy, sizeof(text) - 1, NULL);
			config_release(&config);
		}
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers_in_any_base),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_syntax_errors),
		cmocka_unit_test(test_domain_defaults),
		cmocka_unit_test(test_domain_keys),
		cmocka_unit_test(test_domain_refusals),
		cmocka_unit_test(test_domain_warnings),
		cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_written_text_reads_back),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
