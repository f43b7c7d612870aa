# SPDX-License-Identifier: GPL-2.0-only
#
# The store: shared pieces and daemon parts (xenbus/*.c), client library (xenbus/client: libxenstore.a), programs:
# each xenbus/main_NAME.c or xenbus/clients/main_NAME.c becomes bin/NAME with dashes for underscores.

$(eval $(call archive,xenbus,xenbus))
$(eval $(call archive,xenstore,xenbus/client))
$(eval $(call archive,xenstore_clients,xenbus/clients))

$(foreach m,$(call mains,xenbus),$(eval $(call program,$(m),xenbus xenstore sys)))
$(foreach m,$(call mains,xenbus/clients),$(eval $(call program,$(m),xenstore_clients xenstore xenbus sys)))
