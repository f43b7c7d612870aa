# SPDX-License-Identifier: GPL-2.0-only
# sys, lib (liblamina), verbs (cmd: bin/lam), daemons, helpers; drivers' archives. lam links libc, libyajl and, for lam top, ncurses: process
# start is budget. The static libevent names resolver functions that nobody calls; the linker would warn of each.

LIBS_lam := -lyajl_s -lncurses -ltinfo -lm
LIBS_daemons := -levent_core -luring -lnl-3 -Wl,--no-warnings
LIBS_lam-unpack := -llzma -lzstd -lz -llz4 -lbz2 -llzo2
LIBS_lam-domain-xml := -lxml2 -llzma -lz -lm -Wl,--no-warnings

$(eval $(call archive,sys,toolstack/sys))$(eval $(call archive,drivers,$(addprefix drivers/,ring back blk net console)))$(eval $(call archive,lamina,toolstack/lib))
$(foreach a,cmd daemon helpers,$(eval $(call archive,$(a),toolstack/$(a))))

$(O)/drivers/net/net_link.o: USER_CFLAGS += -isystem /usr/include/libnl3

TOOLSTACK_LIBS := lamina xenstore xenbus sys

$(foreach m,$(call mains,toolstack/cmd),$(eval $(call program,$(m),cmd $(TOOLSTACK_LIBS),$(LIBS_lam))))
$(foreach m,$(call mains,toolstack/daemon),$(eval $(call program,$(m),daemon drivers $(TOOLSTACK_LIBS),$(LIBS_daemons))))
$(foreach m,$(call mains,toolstack/helpers),$(eval $(call program,$(m),helpers lamina sys,$(LIBS_$(call program_name,$(m))))))

# Programs that look for xl or xentop find lam.
$(O)/bin/xl $(O)/bin/xentop: $(O)/bin/lam
	$(Q)ln -sf lam $@
ALL += $(O)/bin/xl $(O)/bin/xentop
