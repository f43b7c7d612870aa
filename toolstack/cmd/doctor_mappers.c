// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of guests is mapped through /dev/xen/gntdev (grants) or /dev/xen/privcmd (frames), and such
 * a mapping is named after its device in the list of the process's mappings. Whose memory it is does
 * not stand there.
 */
#include "cmd/doctor_mappers.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool mappers_is_one(const char *pid)
{
	char path[300], line[512];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	file = fopen(path, "re");
	while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
		found = strstr(line, "/dev/xen/gntdev") != NULL || strstr(line, "/dev/xen/privcmd") != NULL;
	}
	if (file != NULL) {
		fclose(file);
	}
	return found;
}

static void mappers_name(const char *pid, char name[32])
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (file == NULL || fscanf(file, "%31[^\n]", name) != 1) {
		strcpy(name, "?");
	}
	if (file != NULL) {
		fclose(file);
	}
}

void doctor_find_mappers(char *text, size_t bytes)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char name[32], one[80];
	size_t at = 0;

	text[0] = '\0';
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || !mappers_is_one(entry->d_name)) {
			continue;
		}
		mappers_name(entry->d_name, name);
		snprintf(one, sizeof(one), "%s%s (%.10s)", at != 0 ? ", " : "", name, entry->d_name);
		if (at + strlen(one) < bytes) {
			strcpy(text + at, one);
			at += strlen(one);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
}
