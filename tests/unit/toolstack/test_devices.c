// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices put into a configuration and taken out again: what is written then, and read when the domain is started again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/config.h"
#include "lib/domain_devices.h"
#include "sys/error.h"

static struct domain_config config, again;

static void read_text(const char *text, struct domain_config *out)
{
	struct error error = { 0 };
	struct config parsed = { 0 };

	assert_int_equal(config_parse(&parsed, "t.cfg", text, strlen(text), &error), 0);
	assert_int_equal(domain_config_read(&parsed, out, NULL, &error), 0);
	config_release(&parsed);
}

/* What the next start of the domain would read. */
static void start_again(void)
{
	static char text[DOMAIN_CONFIG_TEXT_BYTES];

	assert_true(domain_config_write(&config, text, sizeof(text)) < sizeof(text));
	read_text(text, &again);
}

static struct disk_config disk_of(const char *spec)
{
	struct disk_config disk;

	assert_int_equal(disk_parse(spec, &disk, NULL), 0);
	return disk;
}

static struct vif_config vif_of(const char *spec)
{
	struct vif_config vif;

	assert_int_equal(vif_parse(spec, &vif, NULL), 0);
	return vif;
}

static void test_disks(void **state)
{
	struct disk_config disk = disk_of("/more.img,raw,xvdb,r");
	struct error error = { 0 };
	uint32_t i;

	(void)state;
	read_text("name = 'web'\nkernel = '/k'\nmemory = 64\ndisk = [ '/a.img,raw,xvda,w', '/c.img,raw,xvdc,w' ]", &config);
	assert_int_equal(domain_config_put_disk(&config, &disk, &error), 0);
	start_again();
	assert_int_equal(again.disk_count, 3);
	assert_string_equal(again.disks[2].target, "/more.img");
	assert_int_equal(again.disks[2].number, disk.number);
	assert_true(again.disks[2].is_read_only);
	/* Another one of that number takes its place. */
	disk = disk_of("/other.img,raw,xvdb,w");
	assert_int_equal(domain_config_put_disk(&config, &disk, &error), 0);
	assert_true(domain_config_drop_disk(&config, disk_of("/,raw,xvda,w").number));
	assert_false(domain_config_drop_disk(&config, disk_of("/,raw,xvda,w").number));
	start_again();
	assert_int_equal(again.disk_count, 2);
	assert_string_equal(again.disks[0].target, "/c.img");
	assert_string_equal(again.disks[1].target, "/other.img");
	for (i = 2; i < DISK_MAX; i++) {
		disk.number = 100 + i;
		assert_int_equal(domain_config_put_disk(&config, &disk, &error), 0);
	}
	disk.number = 200;
	assert_int_equal(domain_config_put_disk(&config, &disk, &error), -ENOSPC);
	assert_string_equal(error.sentence, "a configuration has at most 16 disks");
	assert_int_equal(config.disk_count, DISK_MAX);
}

static void test_vifs(void **state)
{
	struct vif_config vif = vif_of("bridge=br1,mac=00:16:3e:00:00:09");
	struct error error = { 0 };

	(void)state;
	read_text("name = 'web'\nkernel = '/k'\nmemory = 64\nvif = [ 'bridge=br0', 'bridge=br5,devid=7', 'bridge=br2' ]", &config);
	vif.number = 1;
	assert_int_equal(domain_config_put_vif(&config, &vif, &error), 0);
	/* The first goes: the others are still what the guest knows them as. */
	assert_true(domain_config_drop_vif(&config, 0));
	start_again();
	assert_int_equal(again.vif_count, 3);
	assert_true(again.vifs[0].has_number && again.vifs[1].has_number && again.vifs[2].has_number);
	assert_int_equal(again.vifs[0].number, 7);
	assert_int_equal(again.vifs[1].number, 2);
	assert_string_equal(again.vifs[1].bridge, "br2");
	assert_int_equal(again.vifs[2].number, 1);
	assert_int_equal(again.vifs[2].mac[5], 9);
	assert_false(domain_config_drop_vif(&config, 0));
	while (config.vif_count < VIF_MAX) {
		vif.number++;
		assert_int_equal(domain_config_put_vif(&config, &vif, &error), 0);
	}
	vif.number = 200;
	assert_int_equal(domain_config_put_vif(&config, &vif, &error), -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disks),
		cmocka_unit_test(test_vifs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
