# SPDX-License-Identifier: GPL-2.0-only
#
# The store: shared pieces and daemon parts (xenbus/*.c), client library (xenbus/client: libxenstore.a and .so), programs:
# each xenbus/main_NAME.c or xenbus/clients/main_NAME.c becomes bin/NAME with dashes for underscores. The command-line
# client is one program, bin/xenstore, with a link for each of its commands.

$(eval $(call archive,xenbus,xenbus))
$(eval $(call archive,xenstore,xenbus/client))
$(eval $(call archive,xenstore_clients,xenbus/clients))

# The static libevent names resolver functions that xenstored never calls; the linker would warn of each.
LIBS_xenstored := -levent_core -Wl,--no-warnings
$(foreach m,$(call mains,xenbus),$(eval $(call program,$(m),xenbus xenstore sys,$(LIBS_xenstored))))
$(foreach m,$(call mains,xenbus/clients),$(eval $(call program,$(m),xenstore_clients xenstore xenbus sys)))

XENSTORE_LINKS := $(patsubst %,$(O)/bin/xenstore-%,chmod control exists list ls read rm watch write)
$(XENSTORE_LINKS): $(O)/bin/xenstore
	$(Q)ln -sf xenstore $@

# The shared library: the client and what it uses of the wire format, position independent.
XENSTORE_SO_SOURCES := $(wildcard xenbus/client/*.c) xenbus/wire.c
XENSTORE_SO_OBJECTS := $(patsubst %.c,$(O)/pic/%.o,$(XENSTORE_SO_SOURCES))
$(O)/pic/%.o: %.c
	$(call compile,$(filter-out -fno-pie,$(USER_CFLAGS)) -fPIC -fvisibility=default)
$(O)/lib/libxenstore.so.4: $(XENSTORE_SO_OBJECTS) xenbus/client/libxenstore.map
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -shared -Wl,-soname,libxenstore.so.4 -Wl,--version-script,xenbus/client/libxenstore.map \
		-o $@ $(XENSTORE_SO_OBJECTS) -lpthread
OBJECTS += $(XENSTORE_SO_OBJECTS)
ALL += $(XENSTORE_LINKS) $(O)/lib/libxenstore.so.4

HOST_LIBS_xenbus := -levent_core
