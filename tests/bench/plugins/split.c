// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG (-plugin split.so,out=FILE): who executed what, a guest's processes, its kernel or the hypervisor.
 *
 * A program in the guest marks a stretch by two multi-byte no-operations (tests/bench/mark.h); at the end of each stretch one line
 * `user kernel hypervisor`, counts of instructions, is added to FILE. Who executes is told by the address: user space is the lower
 * half, a PV hypervisor of this ABI has 0xffff8000'00000000 to 0xffff87ff'ffffffff, the guest's kernel the rest (docs/abi). Meant for one virtual
 * processor under -icount: the counters are the machine's.
 *
 * Debian has no package of QEMU's plugin header, so the few functions used are declared here (plugin API version 1, QEMU 4.2 to 8.2).
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/mark.h"

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0 };

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*cb)(plugin_id, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*cb)(unsigned int cpu, void *data), int flags,
						   void *data);
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *counter, uint64_t add);

EXPORT int qemu_plugin_version = 1;

enum who { USER, KERNEL, HYPERVISOR, WHO_COUNT };

static uint64_t executed[WHO_COUNT], at_begin[WHO_COUNT];
static FILE *out;

static enum who who_runs(uint64_t address)
{
	if (!(address >> 63)) {
		return USER;
	}
	return address >= 0xffff800000000000ull && address < 0xffff880000000000ull ? HYPERVISOR : KERNEL;
}

static void on_begin(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	memcpy(at_begin, executed, sizeof(executed));
}

static void on_end(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", executed[USER] - at_begin[USER], executed[KERNEL] - at_begin[KERNEL],
		executed[HYPERVISOR] - at_begin[HYPERVISOR]);
	fflush(out);
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *tb)
{
	static const unsigned char begin[] = { MARK_BYTES(MARK_BEGIN) }, end[] = { MARK_BYTES(MARK_END) };
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &executed[who_runs(qemu_plugin_insn_vaddr(insn))], 1);
		if (qemu_plugin_insn_size(insn) != sizeof(begin)) {
			continue;
		}
		if (!memcmp(qemu_plugin_insn_data(insn), begin, sizeof(begin))) {
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin, CB_NO_REGS, NULL);
		} else if (!memcmp(qemu_plugin_insn_data(insn), end, sizeof(end))) {
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, CB_NO_REGS, NULL);
		}
	}
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "split: one argument is wanted: out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
