# SPDX-License-Identifier: GPL-2.0-only
# make bench ROW="name ..." for some tables only; PLOT=1: a picture of each too; PEER=none: without the peer.
LIBS_disk-costs := -luring
$(foreach m,$(wildcard tests/bench/main_*.c),$(eval $(call program,$(m),,$(LIBS_$(call program_name,$(m))))))
BENCH_KERNEL_PARTS := tests/guest/lib/clock.c tests/guest/lib/user.c tests/guest/lib/window.c
$(foreach m,$(wildcard tests/bench/kernels/main_*.c),$(eval $(call kit_kernel,kit/$(call program_name,$(m)),$(m) $(BENCH_KERNEL_PARTS),hypercall_syscall)))
OBJECTS += $(call kit_objects,$(wildcard tests/bench/kernels/*.c))
# The plugin for QEMU that tells who executes (row key split).
$(O)/bench/split.so: tests/bench/plugins/split.c tests/bench/mark.h
	$(call make_by,LD,$(CC) -std=gnu11 -O2 $(WARN) -fPIC -fvisibility=hidden -I. -shared -o $@ $<)
.PHONY: bench
bench: $(O)/bench/split.so $(foreach m,$(wildcard tests/bench/main_*.c),$(O)/bin/$(call program_name,$(m))) $(if $(filter none,$(PEER)),image,peer)
	$(Q)$(PYTHON) -B tests/bench/run.py -o $(O) --debian $(DEBIAN) --peer-tree $(PEER_TREE) $(if $(filter none,$(PEER)),--no-peer) \
		$(if $(filter 1,$(PLOT)),--plot) $(ROW)
