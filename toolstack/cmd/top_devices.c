// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices in lam top. Which there are, the store says; what they did, three places: interfaces dom0's kernel (what it received is what
 * the guest sent), disks the file that lam-blkd counts in, or dom0's kernel when its own back end serves them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/top.h"
#include "drivers/blk/counters.h"
#include "lib/paths.h"
#include "xenbus/client/xenstore.h"

#define TOP_LINK_BYTES 16

/* --- the store --- */

/* The numbers of the domain's devices of a kind, for the caller to free; NULL when there are none. */
static char **devices_list(const struct top *top, const char *kind, uint16_t domid, unsigned int *count)
{
	char path[80];

	*count = 0;
	if (top->store == NULL) {
		return NULL;
	}
	snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", kind, domid);
	return xs_directory(top->store, XBT_NULL, path, count);
}

/* dom0's name for an interface. A name is a word of one folder, whatever the node holds. */
static void devices_link(const struct top *top, const char *kind, uint16_t domid, const char *number, char link[TOP_LINK_BYTES])
{
	char path[112];
	char *name;

	snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u/%.10s/vifname", kind, domid, number);
	name = xs_read(top->store, XBT_NULL, path, NULL);
	if (name != NULL && name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL && strlen(name) < TOP_LINK_BYTES) {
		strcpy(link, name);
	} else {
		snprintf(link, TOP_LINK_BYTES, "vif%u.%.5s", domid, number);
	}
	free(name);
}

static bool devices_read_number(const char *path, unsigned long long *value)
{
	FILE *file = fopen(path, "r");
	bool good;

	*value = 0;
	if (file == NULL) {
		return false;
	}
	good = fscanf(file, "%llu", value) == 1;
	fclose(file);
	return good;
}

/* --- interfaces --- */

struct link_counters {
	unsigned long long tx[4], rx[4];	/* bytes, packets, errors, dropped: dom0's view */
};

static bool link_read(const char *link, unsigned int fields, struct link_counters *counters)
{
	static const char *const names[] = { "bytes", "packets", "errors", "dropped" };
	char path[96];
	bool good = true;
	unsigned int i;

	memset(counters, 0, sizeof(*counters));
	for (i = 0; i < fields && good; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/tx_%s", link, names[i]);
		good = devices_read_number(path, &counters->tx[i]);
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_%s", link, names[i]);
		good = good && devices_read_number(path, &counters->rx[i]);
	}
	return good;
}

/* As the guest sees it: what dom0 sent, it received. */
static void link_print(FILE *details, const char *number, const struct link_counters *c)
{
	static const char *const units[] = { "bytes", "pkts", "err", "drop" };
	unsigned int i;

	fprintf(details, "Net%s RX:", number);
	for (i = 0; i < 4; i++) {
		fprintf(details, " %8llu%s", c->tx[i], units[i]);
	}
	fprintf(details, "  TX:");
	for (i = 0; i < 4; i++) {
		fprintf(details, " %8llu%s", c->rx[i], units[i]);
	}
	fputc('\n', details);
}

static void devices_networks(struct top *top, uint16_t domid, const char *kind, struct top_row *row, FILE *details)
{
	unsigned int i, count;
	char **numbers = devices_list(top, kind, domid, &count);

	row->values[TOP_NETS] += count;
	for (i = 0; i < count; i++) {
		struct link_counters counters;
		char link[TOP_LINK_BYTES];
		bool shows = details != NULL && top->networks;

		devices_link(top, kind, domid, numbers[i], link);
		if (!link_read(link, shows ? 4 : 1, &counters)) {
			continue;
		}
		row->values[TOP_NET_TX] += (double)(counters.rx[0] / 1024);
		row->values[TOP_NET_RX] += (double)(counters.tx[0] / 1024);
		if (shows) {
			link_print(details, numbers[i], &counters);
		}
	}
	free(numbers);
}

/* --- disks --- */

/* The file appears with lam-blkd's first start and stays. */
static const struct blk_counter_file *disk_file(struct top *top)
{
	struct stat facts;
	void *memory;
	int fd;

	if (top->counters != NULL) {
		return top->counters;
	}
	fd = open(LAMINA_BLKD_COUNTERS, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return NULL;
	}
	if (fstat(fd, &facts) == 0 && (uint64_t)facts.st_size >= sizeof(struct blk_counter_file)) {
		memory = mmap(NULL, sizeof(struct blk_counter_file), PROT_READ, MAP_SHARED, fd, 0);
		top->counters = memory != MAP_FAILED ? memory : NULL;
	}
	close(fd);
	return top->counters;
}

void top_devices_close(struct top *top)
{
	if (top->counters != NULL) {
		munmap((void *)(uintptr_t)top->counters, sizeof(*top->counters));
		top->counters = NULL;
	}
}

static bool disk_read_ours(struct top *top, uint16_t domid, const char *number, unsigned long long counts[BLK_COUNTS])
{
	const struct blk_counter_file *file = disk_file(top);
	uint32_t i, made, device = (uint32_t)strtoul(number, NULL, 10);
	unsigned int c;

	if (file == NULL || __atomic_load_n(&file->magic, __ATOMIC_RELAXED) != BLK_COUNTERS_MAGIC) {
		return false;
	}
	made = __atomic_load_n(&file->made, __ATOMIC_RELAXED);
	for (i = 0; i < made && i < BLK_COUNTERS_MAX; i++) {
		const struct blk_counter_record *record = &file->records[i];

		if (__atomic_load_n(&record->is_used, __ATOMIC_ACQUIRE) && record->domid == domid && record->number == device) {
			for (c = 0; c < BLK_COUNTS; c++) {
				counts[c] = __atomic_load_n(&record->counts[c], __ATOMIC_RELAXED);
			}
			return true;
		}
	}
	return false;
}

/* Of dom0's own back end. */
static bool disk_read_kernel(uint16_t domid, const char *number, unsigned long long counts[BLK_COUNTS])
{
	static const struct {
		const char *name;
		enum blk_counter counter;
	} files[] = {
		{ "oo_req", BLK_COUNT_STALLED }, { "rd_req", BLK_COUNT_READS }, { "wr_req", BLK_COUNT_WRITES },
		{ "rd_sect", BLK_COUNT_READ_SECTORS }, { "wr_sect", BLK_COUNT_WRITTEN_SECTORS },
	};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/xen-backend/devices/vbd-%u-%.10s/statistics/%s", domid, number,
			 files[i].name);
		if (!devices_read_number(path, &counts[files[i].counter])) {
			return false;
		}
	}
	return true;
}

static void disk_print(FILE *details, bool is_ours, const char *number, const unsigned long long counts[BLK_COUNTS])
{
	unsigned long device = strtoul(number, NULL, 10);

	fprintf(details, "VBD %s %4lu [%2lx:%2lx]  OO: %8llu   RD: %8llu   WR: %8llu  RSECT: %10llu  WSECT: %10llu",
		is_ours ? "QDisk" : "BlkBack", device, device >> 8 & 0xfffff, device & 0xff, counts[BLK_COUNT_STALLED],
		counts[BLK_COUNT_READS], counts[BLK_COUNT_WRITES], counts[BLK_COUNT_READ_SECTORS],
		counts[BLK_COUNT_WRITTEN_SECTORS]);
	if (counts[BLK_COUNT_ERRORS] != 0) {
		fprintf(details, "  ERR: %llu", counts[BLK_COUNT_ERRORS]);
	}
	fputc('\n', details);
}

static void devices_disks(struct top *top, uint16_t domid, const char *kind, struct top_row *row, FILE *details)
{
	bool is_ours = strcmp(kind, "qdisk") == 0;
	unsigned int i, count;
	char **numbers = devices_list(top, kind, domid, &count);

	row->values[TOP_VBDS] += count;
	for (i = 0; i < count; i++) {
		unsigned long long counts[BLK_COUNTS] = { 0 };

		if (!(is_ours ? disk_read_ours(top, domid, numbers[i], counts) : disk_read_kernel(domid, numbers[i], counts))) {
			continue;
		}
		row->values[TOP_VBD_OO] += (double)counts[BLK_COUNT_STALLED];
		row->values[TOP_VBD_RD] += (double)counts[BLK_COUNT_READS];
		row->values[TOP_VBD_WR] += (double)counts[BLK_COUNT_WRITES];
		row->values[TOP_VBD_RSECT] += (double)counts[BLK_COUNT_READ_SECTORS];
		row->values[TOP_VBD_WSECT] += (double)counts[BLK_COUNT_WRITTEN_SECTORS];
		if (details != NULL && top->vbds) {
			disk_print(details, is_ours, numbers[i], counts);
		}
	}
	free(numbers);
}

void top_devices(struct top *top, uint16_t domid, struct top_row *row, FILE *details)
{
	devices_networks(top, domid, "qnic", row, details);
	devices_networks(top, domid, "vif", row, details);
	devices_disks(top, domid, "qdisk", row, details);
	devices_disks(top, domid, "vbd", row, details);
}
