// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores: places and head of the format; a file that is whole or not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/core_elf.h"
#include "lib/core_file.h"
#include "public/vcpu.h"
#include "sys/error.h"

static const char *name_of(const char *head, int i)
{
	const Elf64_Ehdr *header = (const void *)head;
	const Elf64_Shdr *all = (const void *)(head + header->e_shoff);

	return head + all[header->e_shstrndx].sh_offset + all[i].sh_name;
}

static void test_places(void **state)
{
	static const char *const names[] = {
		"", ".shstrtab", ".note.Xen", ".xen_prstatus", ".xen_shared_info", ".xen_p2m", ".xen_pages",
	};
	_Alignas(8) static char head[CORE_HEAD_BYTES];
	const struct core_version version = { .major = 4, .minor = 17 };
	struct core_elf elf = { .vcpus = 3, .pages = 1000 };
	const Elf64_Shdr *all = (const void *)(head + sizeof(Elf64_Ehdr));
	uint64_t end = 0;
	int i;

	(void)state;
	core_elf_place(&elf);
	core_elf_head(&elf, &version, head);
	assert_int_equal(((const Elf64_Ehdr *)(const void *)head)->e_shnum, 7);
	for (i = 0; i < 7; i++) {
		assert_string_equal(name_of(head, i), names[i]);
		assert_true(all[i].sh_offset >= end);
		end = all[i].sh_offset + all[i].sh_size;
	}
	assert_int_equal(end, elf.bytes);
	assert_int_equal(all[3].sh_size, 3 * sizeof(struct vcpu_guest_context));
	assert_int_equal(all[5].sh_size, 16000);
	assert_int_equal(all[6].sh_offset % CORE_PAGE_BYTES, 0);
}

static void test_notes(void **state)
{
	_Alignas(8) static char head[CORE_HEAD_BYTES];
	const struct core_version version = { .major = 4, .minor = 17, .page_bytes = 4096 };
	static const uint32_t types[] = { 0x2000000, 0x2000001, 0x2000002, 0x2000003 };
	static const uint32_t sizes[] = { 0, 32, 1280, 8 };
	struct core_elf elf = { .vcpus = 2, .pages = 7 };
	const Elf64_Shdr *notes = (const Elf64_Shdr *)(const void *)(head + sizeof(Elf64_Ehdr)) + 2;
	const char *at;
	int i;

	(void)state;
	core_elf_place(&elf);
	core_elf_head(&elf, &version, head);
	at = head + notes->sh_offset;
	for (i = 0; i < 4; i++) {
		Elf64_Nhdr note;
		uint64_t words[4] = { 0 };

		memcpy(&note, at, sizeof(note));
		assert_int_equal(note.n_type, types[i]);
		assert_int_equal(note.n_descsz, sizes[i]);
		assert_string_equal(at + sizeof(note), "Xen");
		memcpy(words, at + sizeof(note) + 4, note.n_descsz < 32 ? note.n_descsz : 32);
		if (i == 1) {
			assert_int_equal(words[0], 0xf00febed);
			assert_int_equal(words[1], 2);
			assert_int_equal(words[2], 7);
			assert_int_equal(words[3], 4096);
		}
		assert_true(i != 2 || (words[0] == 4 && words[1] == 17));
		assert_true(i != 3 || words[0] == 1);
		at += sizeof(note) + 4 + note.n_descsz;
	}
	assert_ptr_equal(at, head + notes->sh_offset + notes->sh_size);
}

static void test_file(void **state)
{
	char folder[] = "/tmp/lamina-core-XXXXXX";
	struct core_file file;
	struct error error = { 0 };
	struct stat facts;
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core", folder);
	assert_int_equal(core_file_open(&file, path, &error), 0);
	assert_int_equal(core_file_write(&file, "abc", 3, 10, &error), 0);
	assert_int_equal(stat(path, &facts), -1);
	assert_int_equal(core_file_finish(&file, 100, &error), 0);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_size, 100);
	assert_int_equal(facts.st_mode & 0777, 0600);

	/* The older file stays when a new one fails. */
	assert_int_equal(core_file_open(&file, path, &error), 0);
	core_file_drop(&file);
	core_file_drop(&file);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(core_file_open(&file, folder, &error), -EISDIR);
	assert_int_equal(core_file_open(&file, "/dev/null", &error), -EINVAL);
	snprintf(path, sizeof(path), "%s/no/core", folder);
	assert_int_equal(core_file_open(&file, path, &error), -ENOENT);
	/* Nothing else was left. */
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
