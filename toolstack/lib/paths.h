/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where Lamina keeps things in dom0. Everything under LAMINA_RUN_DIR is lost at reboot and may be:
 * the domains are lost with it.
 */
#ifndef TOOLSTACK_LIB_PATHS_H
#define TOOLSTACK_LIB_PATHS_H

#define LAMINA_RUN_DIR "/run/lamina"
#define LAMINA_REGISTRY LAMINA_RUN_DIR "/registry"
#define LAMINA_CONFIG_DIR LAMINA_RUN_DIR "/domains"
#define LAMINA_CONSOLE_SOCKET LAMINA_RUN_DIR "/console.sock"
#define LAMINA_BLKD_SOCKET LAMINA_RUN_DIR "/lam-blkd.sock"
/* Requests of each disk, drivers/blk/counters.h. */
#define LAMINA_BLKD_COUNTERS LAMINA_RUN_DIR "/lam-blkd.counters"
#define LAMINA_NETD_SOCKET LAMINA_RUN_DIR "/lam-netd.sock"
/* Images of other formats than raw, shown as raw ones: DOMID-NUMBER. */
#define LAMINA_EXPORT_DIR LAMINA_RUN_DIR "/export"
#define LAMINA_CACHE_DIR "/var/cache/lamina"
/* Cores that on_... actions write: NAME, the latest of each name. */
#define LAMINA_STATE_DIR "/var/lib/lamina"
#define LAMINA_DUMP_DIR LAMINA_STATE_DIR "/dump"
#define LAMINA_LOG_DIR "/var/log/lamina"
#define LAMINA_CONSOLE_LOG_DIR LAMINA_LOG_DIR "/console"

#endif
