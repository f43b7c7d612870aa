// SPDX-License-Identifier: GPL-2.0-only
/*
 * list -l: domains as a JSON array, one key per line, in the layout that programs which read
 * `xl list -l` look for: four blanks per level, "domid" and then the configuration.
 */
#include "cmd/list_long.h"

#include <stdio.h>
#include <string.h>

#include "lib/uuid.h"

#define LIST_KIB_PER_PAGE 4ull

static void json_string(const char *text)
{
	const unsigned char *p;

	putchar('"');
	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			printf("\\%c", *p);
		} else if (*p < 0x20) {
			printf("\\u%04x", *p);
		} else {
			putchar(*p);
		}
	}
	putchar('"');
}

static void json_text_line(const char *key, const char *value, const char *end)
{
	printf("                \"%s\": ", key);
	json_string(value);
	printf("%s\n", end);
}

static void json_number_line(const char *key, uint64_t value, const char *end)
{
	printf("                \"%s\": %llu%s\n", key, (unsigned long long)value, end);
}

void list_long_start(void)
{
	printf("[\n");
}

void list_long_row(const struct control_info *info, const char *name, bool first)
{
	char uuid[UUID_TEXT_BYTES];
	char state[7];

	uuid_format(info->handle, uuid);
	verb_xl_state(info, state);
	printf("%s    {\n        \"domid\": %u,\n        \"config\": {\n", first ? "" : ",\n",
	       info->domid);
	printf("            \"c_info\": {\n");
	json_text_line("type", "pv", ",");
	json_text_line("name", name, ",");
	json_text_line("uuid", uuid, "");
	printf("            },\n            \"b_info\": {\n");
	json_number_line("max_vcpus", info->vcpus, ",");
	json_number_line("target_memkb", info->tot_pages * LIST_KIB_PER_PAGE, ",");
	json_number_line("max_memkb", info->max_pages * LIST_KIB_PER_PAGE, "");
	printf("            }\n        },\n");
	printf("        \"state\": \"%s\",\n        \"online_vcpus\": %u,\n", state,
	       info->online_vcpus);
	printf("        \"cpu_time\": %.3f\n    }", (double)info->cpu_time_ns / 1e9);
}

void list_long_end(void)
{
	printf("\n]\n");
}
