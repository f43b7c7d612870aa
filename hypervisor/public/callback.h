/* SPDX-License-Identifier: MIT */
/*
 * callback: callback_op(cmd, arg): where the hypervisor enters the guest kernel for anything that
 * is not an exception, and nmi_op(cmd, arg), which does the same for the virtual NMI.
 *
 * Callbacks belong to the calling vCPU. The event callback always masks events while it is
 * entered; the others do when CALLBACKF_mask_events is given.
 */
#ifndef LAMINA_PUBLIC_CALLBACK_H
#define LAMINA_PUBLIC_CALLBACK_H

#include <stdint.h>
#include "abi_check.h"

#define CALLBACKOP_register	0
#define CALLBACKOP_unregister	1

#define CALLBACKTYPE_event			0
#define CALLBACKTYPE_failsafe			1	/* a segment or frame could not be loaded */
#define CALLBACKTYPE_syscall			2	/* `syscall` from 64-bit user code */
#define CALLBACKTYPE_sysenter_deprecated	3
#define CALLBACKTYPE_nmi			4
#define CALLBACKTYPE_sysenter			5
#define CALLBACKTYPE_syscall32			7	/* `syscall` from 32-bit user code */

#define _CALLBACKF_mask_events	0
#define CALLBACKF_mask_events	(1U << _CALLBACKF_mask_events)

struct callback_register {
	uint16_t type;			/* IN: CALLBACKTYPE_* */
	uint16_t flags;			/* IN: CALLBACKF_* */
	uint64_t address;		/* IN: VA */
};
ABI_SIZE(struct callback_register, 16);
ABI_OFFSET(struct callback_register, address, 8);

struct callback_unregister {
	uint16_t type;			/* IN */
	uint16_t _unused;
};

#define XENNMI_register_callback	0	/* struct xennmi_callback */
#define XENNMI_unregister_callback	1

struct xennmi_callback {
	uint64_t handler_address;	/* IN: VA */
	uint64_t pad;
};
ABI_SIZE(struct xennmi_callback, 16);

/* arch_shared_info.nmi_reason */
#define _XEN_NMIREASON_io_error	0
#define XEN_NMIREASON_io_error	(1UL << _XEN_NMIREASON_io_error)
#define _XEN_NMIREASON_pci_serr	1
#define XEN_NMIREASON_pci_serr	(1UL << _XEN_NMIREASON_pci_serr)
#define _XEN_NMIREASON_unknown	2
#define XEN_NMIREASON_unknown	(1UL << _XEN_NMIREASON_unknown)

#endif
