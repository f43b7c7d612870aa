# SPDX-License-Identifier: GPL-2.0-only
#
# abi-test: every size, offset and constant of hypervisor/public against the libxen-dev headers. Without them it is
# skipped and says so. Before that: the clauses that conformance guests cite exist in docs/abi.

ABI_HEADERS := $(filter-out %/control.h %/extension.h,$(wildcard hypervisor/public/*.h))

$(O)/abi/%.c: $(ABI_HEADERS) tests/abi/abi_list.py tests/abi/only_ours.txt
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) tests/abi/abi_list.py $* $(ABI_HEADERS) >$@

$(O)/abi/%.txt: $(O)/abi/%.c
	$(Q)$(CC) -std=gnu11 -Wall -Werror -I. -o $(@:.txt=) $<
	$(Q)$(@:.txt=) >$@

.PRECIOUS: $(O)/abi/%.c $(O)/abi/%.txt
.PHONY: abi-test
abi-test:
	$(Q)$(PYTHON) tests/abi/clauses.py
	$(Q)if printf '#include <xen/xen.h>\n' | $(CC) -E -o /dev/null - 2>/dev/null; then \
		$(MAKE) --no-print-directory $(O)/abi/ours.txt $(O)/abi/theirs.txt && \
		diff -u $(O)/abi/theirs.txt $(O)/abi/ours.txt && \
		echo "abi-test: $$(wc -l <$(O)/abi/ours.txt) values agree"; \
	else \
		echo 'abi-test: skipped: no libxen-dev headers'; \
	fi
