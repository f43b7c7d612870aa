# SPDX-License-Identifier: GPL-2.0-only
$(foreach m,$(wildcard tests/bench/main_*.c),$(eval $(call program,$(m),)))
.PHONY: bench
bench: $(O)/bin/guest-costs $(O)/bin/cost-of $(if $(filter none,$(PEER)),image,peer)
	$(Q)$(PYTHON) -B tests/bench/run.py -o $(O) --debian $(DEBIAN) --peer-tree $(PEER_TREE) $(if $(filter none,$(PEER)),--no-peer)
