/* SPDX-License-Identifier: MIT */
/*
 * The control ABI: how dom0's toolstack drives the hypervisor. It is Lamina's own, not Xen's, at the numbers
 * __HYPERVISOR_domctl (operations on one domain) and __HYPERVISOR_sysctl (operations on the machine). Each takes one argument: the
 * guest virtual address of a struct control_dom or control_sys. Only a privileged domain may call: -EPERM.
 *
 * Versioning: `version` must be CONTROL_VERSION, else -EACCES and the hypervisor's own version is written back to `version`, so an old
 * tool can say what it needs. The structs are fixed at 128 bytes; new operations add union members.
 *
 * Long operations may be re-issued by the hypervisor itself; they never return half done. The exception is CONTROL_DOM_DESTROY.
 * Addresses are u64 guest virtual addresses; in a Linux dom0 the buffers must be resident (/dev/xen/hypercall).
 */
#ifndef LAMINA_PUBLIC_CONTROL_H
#define LAMINA_PUBLIC_CONTROL_H

#include <stdint.h>

#define CONTROL_VERSION 2

/* --- Operations on one domain --------------------------------------------------------------------------------------------- */

/* Creates a domain, paused by the toolstack, with no memory; `domid` 0x7ff4: choose, written back. OUT: domid. -EEXIST -ENOMEM */
#define CONTROL_DOM_CREATE        1
struct control_create {
	uint64_t max_pages;          /* limit of 4 KiB frames */
	uint32_t vcpus;              /* 1..128 */
	uint32_t max_grant_frames;   /* 0: default 64 */
	uint32_t max_ports;          /* 0: default 1024 */
	uint32_t flags;              /* CONTROL_CREATE_* */
	uint8_t handle[16];          /* UUID, returned by lists */
	uint64_t shared_info_mfn;    /* OUT: frame of the shared_info page */
};

/*
 * The domain may share event channels and grants with others that were created so. Without it, with privileged domains only: bindings
 * between two guests are refused with -EPERM, mappings and copies with GNTST_permission_denied.
 */
#define CONTROL_CREATE_PEERS      1u

/*
 * Tears a domain down. -EAGAIN: not finished, call again (other work runs in between); 0: nothing is left to do; frames that others have
 * mapped by grants keep the id in use until they are unmapped.
 */
#define CONTROL_DOM_DESTROY       2
#define CONTROL_DOM_PAUSE         3
#define CONTROL_DOM_UNPAUSE       4

/*
 * Gives a domain frames: `count` single frames whose pseudo-physical numbers are first_pfn, first_pfn+1, ...; their machine frame numbers
 * are written to the u64 array at `mfns`. M2P entries are set. After an error the domain keeps the frames
 * given so far: a builder destroys it. -ENOMEM, -EINVAL, -EFAULT
 */
#define CONTROL_DOM_POPULATE      5
struct control_populate {
	uint64_t first_pfn;
	uint64_t count;
	uint64_t mfns;               /* guest address of u64[count] */
	uint64_t done;               /* progress of a re-issued call: must be 0 */
};

/*
 * Copies between the caller's buffer and `count` whole frames of the domain, named by machine frame numbers at `mfns`. The domain must
 * never have run (WRITE) or be paused or not (READ). No foreign mapping is needed to build a domain. WRITE to a frame that is in use as
 * a page table is refused: -EBUSY.
 */
#define CONTROL_DOM_WRITE_FRAMES  6
#define CONTROL_DOM_READ_FRAMES   7
struct control_frames {
	uint64_t mfns;               /* guest address of u64[count] */
	uint64_t count;
	uint64_t buffer;             /* guest address, count * 4096 bytes, page aligned */
	uint64_t done;               /* progress of a re-issued call: must be 0 */
};

/*
 * Last step of a build: pins the page tables at `l4_mfn` and gives vCPU 0 its first context. `context` is the guest address of a struct
 * vcpu_guest_context. -EINVAL: tables or context refused, see CONTROL_DOM_REFUSALS.
 */
#define CONTROL_DOM_START_CONTEXT 8
struct control_context {
	uint64_t l4_mfn;             /* 0: do not pin */
	uint64_t context;            /* address of struct vcpu_guest_context */
	uint32_t vcpu;
	uint32_t pad;
};
/* Reads a vCPU's context (domain paused or shut down). */
#define CONTROL_DOM_GET_CONTEXT   9

/* Writes grant entry `ref`: domain `grantee` may access frame `mfn`. For the console and store rings. */
#define CONTROL_DOM_SEED_GRANT    10
struct control_seed_grant {
	uint32_t ref;
	uint16_t grantee;
	uint16_t pad;
	uint64_t mfn;
};

/* Sets the answer of XENMEM_memory_map: one RAM range of `pages` frames from 0. */
#define CONTROL_DOM_SET_MAP       11
#define CONTROL_DOM_SET_MAX_PAGES 12
struct control_pages { uint64_t pages; };

/* Forces the domain to stop with `code` (SHUTDOWN_*). */
#define CONTROL_DOM_SHUTDOWN      13
struct control_shutdown { uint32_t code; uint32_t pad; };

/* One domain's row of CONTROL_SYS_LIST. */
#define CONTROL_DOM_INFO          14

#define CONTROL_DOM_SCHED_SET     15
#define CONTROL_DOM_SCHED_GET     16
struct control_sched { uint32_t weight; uint32_t cap_percent; };

/* Reasons of refused requests, oldest first, from position `pos` on (0: all that are kept). OUT: count, pos. */
#define CONTROL_DOM_REFUSALS      17
struct control_refusal {
	uint64_t time_ns;
	uint64_t args[2];            /* if frame_flags is not 0: the second is the frame's number. GNTTABOP_copy: whose frame << 32 (1:
	                                source, 2: target; 0: the second is the status), source's domain << 16, target's */
	uint32_t times;              /* in a row; time_ns is that of the last */
	uint32_t frame_refs;         /* references to the frame, its owner's included */
	uint32_t frame_type_refs;    /* uses as what it is */
	uint16_t frame_owner;        /* domain id; reserved ids: the hypervisor's, or nobody's */
	uint8_t frame_type;          /* CONTROL_FRAME_* */
	uint8_t frame_flags;         /* CONTROL_FRAME_KNOWN and others, as they were then; 0: not about a frame of RAM */
	char operation[40];
	char rule[120];
};
#define CONTROL_FRAME_KNOWN   1u
#define CONTROL_FRAME_PINNED  2u
#define CONTROL_FRAME_PARTIAL 4u   /* its validation was interrupted */
#define CONTROL_FRAME_PLAIN      0 /* in use as nothing in particular */
#define CONTROL_FRAME_L1         1 /* to L4: 4 */
#define CONTROL_FRAME_L4         4
#define CONTROL_FRAME_DESCRIPTOR 5
#define CONTROL_FRAME_WRITABLE   6
struct control_refusals {
	uint64_t buffer;             /* address of struct control_refusal[count] */
	uint32_t count;              /* IN: room, OUT: filled */
	uint32_t pad;
	uint64_t pos;
};

/* Per-vCPU facts. */
#define CONTROL_DOM_VCPU_INFO     18
struct control_vcpu {
	uint32_t vcpu;               /* IN */
	uint32_t flags;              /* CONTROL_VCPU_* */
	uint32_t cpu;                /* where it runs or ran last */
	uint32_t pad;
	uint64_t time_ns;
	uint64_t affinity[4];        /* bit per processor 0..255: those it may run on; IN for SET_AFFINITY */
	uint64_t soft[4];            /* of those the ones to choose from first; IN likewise */
};
#define CONTROL_VCPU_ONLINE   1u
#define CONTROL_VCPU_RUNNING  2u
#define CONTROL_VCPU_BLOCKED  4u
/* Sets the masks that `flags` name; each must have a processor of this machine: -EINVAL. */
#define CONTROL_DOM_SET_AFFINITY  19
#define CONTROL_AFFINITY_HARD 1u
#define CONTROL_AFFINITY_SOFT 2u

/*
 * Allocates in the domain two event channels for dom0 in one call, as the builder needs them. OUT: ports.
 */
#define CONTROL_DOM_SEED_PORTS    20
struct control_seed_ports {
	uint16_t remote;
	uint16_t pad[3];
	uint32_t store_port;
	uint32_t console_port;
};

/* Promises `pages` frames to the domain (0: withdraws): later populates cannot fail for memory. -ENOMEM */
#define CONTROL_DOM_CLAIM         21

/*
 * How many of domain `granter`'s grants the domain has mapped: who keeps a domain that is being torn down. One call looks at a part of its
 * mappings; the counts of all calls are to be added up until `next` is 0 again.
 */
#define CONTROL_DOM_GRANTS_HELD   22
struct control_grants_held {
	uint16_t granter;            /* IN */
	uint16_t pad[3];
	uint32_t next;               /* IN: 0 at first. OUT: go on with it; 0: that was the end */
	uint32_t count;              /* OUT: mappings in this part */
	uint64_t mfn;                /* OUT: a frame among them, if count is not 0 */
	uint32_t ref;                /* OUT: the reference it was mapped by */
	uint32_t pad2;
};

/*
 * Which frames a domain has, in order of machine frame number, and the pseudo-physical numbers that the M2P gives them (~0: none; the
 * domain may have set any). Special frames (shared_info, grant table) are not among them. `first`: where to start. OUT: `count` filled,
 * which may be fewer than there is room for; `first`: where to go on, ~0 at the end.
 */
#define CONTROL_DOM_LIST_FRAMES   23
struct control_frame { uint64_t mfn; uint64_t pfn; };
struct control_frame_list {
	uint64_t buffer;             /* address of struct control_frame[count] */
	uint64_t first;
	uint64_t count;
};

/* Sends vCPU u.vcpu.vcpu an NMI, which its kernel takes when it has a callback for it. -EINVAL: no such vCPU, or it is down. */
#define CONTROL_DOM_SEND_NMI      24

/* Facts about the domain; also the element of lists. 128 bytes. */
struct control_info {
	uint16_t domid;
	uint16_t pad;
	uint32_t flags;              /* CONTROL_INFO_* */
	uint32_t shutdown_code;
	uint32_t vcpus;              /* slots */
	uint32_t online_vcpus;
	uint32_t pad2;
	uint64_t tot_pages;
	uint64_t max_pages;
	uint64_t cpu_time_ns;        /* of all vCPUs */
	uint64_t shared_info_mfn;
	uint64_t claimed_pages;
	uint32_t grant_frames;
	uint32_t max_grant_frames;
	uint8_t handle[16];
	uint32_t event_channels;     /* open ports */
	uint32_t mapped_grants;      /* grants of others that it has mapped */
	uint64_t reserved[4];
};
#define CONTROL_INFO_DYING     1u
#define CONTROL_INFO_SHUTDOWN  2u   /* shut down by itself; shutdown_code valid */
#define CONTROL_INFO_PAUSED    4u   /* by the toolstack */
#define CONTROL_INFO_BLOCKED   8u   /* no vCPU runnable */
#define CONTROL_INFO_RUNNING   16u  /* a vCPU is on a processor */
#define CONTROL_INFO_BUILDING  32u  /* never unpaused */
#define CONTROL_INFO_PRIVILEGED 64u

struct control_dom {
	uint32_t version;
	uint32_t cmd;                /* CONTROL_DOM_* */
	uint16_t domid;
	uint16_t pad[3];
	union {
		struct control_create create;
		struct control_populate populate;
		struct control_frames frames;
		struct control_context context;
		struct control_seed_grant seed_grant;
		struct control_seed_ports seed_ports;
		struct control_pages pages;
		struct control_shutdown shutdown;
		struct control_sched sched;
		struct control_refusals refusals;
		struct control_vcpu vcpu;
		struct control_grants_held grants_held;
		struct control_frame_list frame_list;
		uint64_t info;       /* CONTROL_DOM_INFO: address of a struct control_info */
		uint8_t raw[112];
	} u;
};
_Static_assert(sizeof(struct control_dom) == 128, "control ABI");
_Static_assert(sizeof(struct control_info) == 128, "control ABI");

/* --- Operations on the machine -------------------------------------------------------------------------------------------- */

/*
 * Rows of all domains with id >= first, in order of id, at most `count`. OUT: count filled, which may be fewer: go on behind the last id;
 * 0 is the end.
 */
#define CONTROL_SYS_LIST          1
struct control_list {
	uint64_t buffer;             /* address of struct control_info[count] */
	uint32_t first;
	uint32_t count;
};

#define CONTROL_SYS_PHYSINFO      2
struct control_physinfo {
	uint64_t total_pages;
	uint64_t free_pages;
	uint64_t claimed_pages;      /* part of free_pages that is promised */
	uint32_t cpus;
	uint32_t cpu_khz;
	uint32_t domains;
	uint32_t max_vcpus_per_domain;
	uint64_t uptime_ns;
	uint64_t idle_ns;            /* sum over processors */
};

/* The log from byte position `pos` (0: oldest kept) on. OUT: bytes, pos. */
#define CONTROL_SYS_READ_LOG      3
struct control_log {
	uint64_t buffer;
	uint64_t bytes;
	uint64_t pos;
	uint32_t clear;              /* 1: forget everything afterwards */
	uint32_t pad;
};

/*
 * Copies between frames that domains have granted to the caller and the caller's own memory, named by virtual address: what a back end
 * in user space does for each request, without its kernel looking up and pinning pages. The rules are those of GNTTABOP_copy. Each
 * segment gets a status of its own; CONTROL_COPY_FAULT says that a page of the caller's is not there (or read-only) at this moment: it
 * may copy that segment by other means. -EFAULT: the segments themselves cannot be read or written.
 */
#define CONTROL_SYS_GRANT_COPY    4
struct control_grant_copy {
	uint64_t segments;           /* address of struct control_copy_segment[count] */
	uint32_t count;
	uint32_t done;               /* progress of a re-issued call: must be 0 */
};
struct control_copy_segment {
	uint64_t address;            /* of the caller */
	uint32_t ref;
	uint16_t domid;              /* who granted it */
	uint16_t offset;             /* in the granted frame; offset + bytes <= 4096 */
	uint16_t bytes;
	uint16_t flags;              /* CONTROL_COPY_TO_GRANT or 0: from the granted frame */
	int16_t status;              /* OUT: GNTST_* or CONTROL_COPY_FAULT */
	uint16_t pad;
};
#define CONTROL_COPY_TO_GRANT 1u
#define CONTROL_COPY_FAULT    (-100)
_Static_assert(sizeof(struct control_copy_segment) == 24, "control ABI");

/*
 * For back ends in user space that keep a port masked while they look at its ring: sends an event, then takes what is pending on
 * masked ports and, when nothing is, waits for that. Ends early, with nothing taken, when the calling vCPU has an upcall to take.
 */
#define CONTROL_SYS_EVENT_WAIT    5
#define CONTROL_WAIT_PORTS        64
#define CONTROL_WAIT_MAX_NS       10000000u
struct control_event_wait {
	uint64_t ports;              /* address of uint32_t[count] */
	uint32_t count;              /* at most CONTROL_WAIT_PORTS */
	uint32_t notify;             /* a port to send on first, 0: none. OUT: 0 */
	uint64_t timeout_ns;         /* at most CONTROL_WAIT_MAX_NS; 0: only look */
	uint64_t taken;              /* OUT: bit i: ports[i] was pending, and is not any more */
	uint32_t slept;              /* progress of a re-issued call: must be 0 */
	uint32_t pad;
};

/*
 * Which domains changed since position `pos`, oldest first, at most 48 in one answer: those that stopped, that are torn down but held by
 * others, or that are gone, each of which raises VIRQ_DOM_EXC as well. An id stands there once for each change; what it is now,
 * CONTROL_DOM_INFO tells. Reading takes nothing away: every reader keeps a position of its own, 0 at first. With CONTROL_CHANGES_ALL the
 * log does not reach back to `pos` (0 never does): read the list of all domains after this answer, then go on from the new `pos`.
 */
#define CONTROL_SYS_CHANGES       6
#define CONTROL_CHANGES_ROOM      48
#define CONTROL_CHANGES_ALL       1u
struct control_changes {
	uint64_t pos;                /* OUT: behind the last one answered */
	uint32_t count;              /* OUT; fewer than CONTROL_CHANGES_ROOM: these are all */
	uint32_t flags;              /* OUT */
	uint16_t domids[CONTROL_CHANGES_ROOM]; /* OUT */
};

/*
 * Writes a report on the present state to the log, whatever the log's levels are: line for line of what was there when the line was
 * written. Keys: h what keys there are, q domains and their vCPUs, m memory, r queues of the scheduler, e event channels, g grants in
 * use, t clock and timers, d registers of vCPUs as they stopped last. At most `lines` lines and two more. -ENOENT: no such key; -EINVAL: lines is 0 or above CONTROL_REPORT_LINES.
 */
#define CONTROL_SYS_REPORT        7
#define CONTROL_REPORT_ALL        "qmregtd"
#define CONTROL_REPORT_LINES      512
struct control_report {
	uint32_t key;                /* a character */
	uint32_t lines;              /* OUT: what is left of them */
	uint32_t domain, item, share; /* progress of a re-issued call: must be 0 */
	uint32_t pad;
};

/*
 * Sets parameters of the command line that can change while domains run: words NAME or NAME=VALUE, separated by blanks; all are set or
 * none. -ENOENT: a name is not known; -EOPNOTSUPP: one that acts at boot only; -EINVAL: a value; -ENODATA: no word, or no end of
 * `text`. OUT, also after these errors: `text` says what is wrong.
 */
#define CONTROL_SYS_SET_PARAMETERS 8
struct control_parameters {
	char text[112];              /* ends with NUL */
};

struct control_sys {
	uint32_t version;
	uint32_t cmd;                /* CONTROL_SYS_* */
	uint64_t pad;
	union {
		struct control_list list;
		struct control_physinfo physinfo;
		struct control_log log;
		struct control_grant_copy grant_copy;
		struct control_event_wait event_wait;
		struct control_changes changes;
		struct control_report report;
		struct control_parameters parameters;
		uint8_t raw[112];
	} u;
};
_Static_assert(sizeof(struct control_sys) == 128, "control ABI");

#endif
