// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces of dom0 by rtnetlink: found, named, put on a bridge, deleted. One socket; each request
 * waits for the kernel's answer, which does not depend on anybody else.
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

#include "drivers/net/netd.h"
#include "sys/error.h"

/* The greatest address: a bridge takes the smallest one of its ports for its own. */
static const uint8_t link_port_address[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

static struct nl_sock *link_socket;
/* What the kernel answered: an errno, or 0. */
static int link_answer;

static int link_failed(struct sockaddr_nl *from, struct nlmsgerr *failure, void *arg)
{
	(void)from;
	(void)arg;
	link_answer = failure->error;
	return NL_STOP;
}

int net_link_open(struct error *error)
{
	link_socket = nl_socket_alloc();
	if (link_socket == NULL || nl_connect(link_socket, NETLINK_ROUTE) < 0) {
		return error_set(error, EIO, "netlink", "no socket for it");
	}
	nl_socket_disable_auto_ack(link_socket);
	nl_socket_modify_err_cb(link_socket, NL_CB_CUSTOM, link_failed, NULL);
	return 0;
}

static struct nl_msg *link_message(int type, int flags, const struct ifinfomsg *info)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, flags);

	if (message != NULL && nlmsg_append(message, (void *)(uintptr_t)info, sizeof(*info), 4) < 0) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

/* Sends and frees a message, hands answers to the socket's callback. 0 or -errno. */
static int link_talk(struct nl_msg *message, bool has_ack)
{
	int rc = nl_send_auto(link_socket, message);

	nlmsg_free(message);
	link_answer = 0;
	if (rc >= 0) {
		rc = has_ack ? nl_wait_for_ack(link_socket) : nl_recvmsgs_default(link_socket);
	}
	if (link_answer != 0) {
		return link_answer;
	}
	return rc < 0 ? -EIO : 0;
}

static bool link_is_bridge(struct nlattr *info)
{
	struct nlattr *attributes[IFLA_INFO_MAX + 1];

	return info != NULL &&
	       nla_parse_nested(attributes, IFLA_INFO_MAX, info, NULL) == 0 &&
	       attributes[IFLA_INFO_KIND] != NULL &&
	       nla_strcmp(attributes[IFLA_INFO_KIND], "bridge") == 0;
}

static int link_parse(struct nl_msg *message, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct nlattr *attributes[IFLA_MAX + 1];
	struct net_link *link = arg;

	if (header->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(header, sizeof(struct ifinfomsg), attributes, IFLA_MAX, NULL) < 0) {
		return NL_OK;
	}
	link->index = ((struct ifinfomsg *)nlmsg_data(header))->ifi_index;
	link->mtu = attributes[IFLA_MTU] != NULL ? nla_get_u32(attributes[IFLA_MTU]) : 0;
	link->is_bridge = link_is_bridge(attributes[IFLA_LINKINFO]);
	if (attributes[IFLA_IFALIAS] != NULL) {
		nla_strlcpy(link->alias, attributes[IFLA_IFALIAS], sizeof(link->alias));
	}
	return NL_OK;
}

int net_link_find(const char *name, struct net_link *link)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct nl_msg *message = link_message(RTM_GETLINK, 0, &info);

	memset(link, 0, sizeof(*link));
	if (message == NULL) {
		return -ENOMEM;
	}
	nla_put_string(message, IFLA_IFNAME, name);
	nl_socket_modify_cb(link_socket, NL_CB_VALID, NL_CB_CUSTOM, link_parse, link);
	return link_talk(message, false);
}

/* No address of IPv6 on what only carries frames. A kernel without IPv6 refuses: no matter. */
static void link_set_no_address(int index)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct nl_msg *message = link_message(RTM_SETLINK, NLM_F_ACK, &info);
	struct nlattr *families, *family;

	if (message == NULL) {
		return;
	}
	families = nla_nest_start(message, IFLA_AF_SPEC);
	family = nla_nest_start(message, AF_INET6);
	nla_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nla_nest_end(message, family);
	nla_nest_end(message, families);
	link_talk(message, true);
}

int net_link_name(int index, const struct net_link_setup *setup)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct nl_msg *message = link_message(RTM_SETLINK, NLM_F_ACK, &info);

	if (message == NULL) {
		return -ENOMEM;
	}
	if (setup->name != NULL) {
		nla_put_string(message, IFLA_IFNAME, setup->name);
	}
	if (setup->alias != NULL) {
		nla_put(message, IFLA_IFALIAS, (int)strlen(setup->alias), setup->alias);
	}
	return link_talk(message, true);
}

int net_link_set_up(int index, const struct net_link_setup *setup)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = index,
				  .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct nl_msg *message;

	link_set_no_address(index);
	message = link_message(RTM_SETLINK, NLM_F_ACK, &info);
	if (message == NULL) {
		return -ENOMEM;
	}
	if (setup->bridge != 0) {
		nla_put(message, IFLA_ADDRESS, sizeof(link_port_address), link_port_address);
		nla_put_u32(message, IFLA_MASTER, (uint32_t)setup->bridge);
	}
	if (setup->mtu != 0) {
		nla_put_u32(message, IFLA_MTU, setup->mtu);
	}
	if (setup->packets != 0) {
		nla_put_u32(message, IFLA_TXQLEN, setup->packets);
	}
	return link_talk(message, true);
}

int net_link_delete(const char *name)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct nl_msg *message = link_message(RTM_DELLINK, NLM_F_ACK, &info);

	if (message == NULL) {
		return -ENOMEM;
	}
	nla_put_string(message, IFLA_IFNAME, name);
	return link_talk(message, true);
}

struct link_walk {
	void (*each)(const char *name, const char *alias, void *arg);
	void *arg;
};

static int link_walk(struct nl_msg *message, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct nlattr *attributes[IFLA_MAX + 1];
	struct link_walk *walk = arg;
	const char *alias;

	if (header->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(header, sizeof(struct ifinfomsg), attributes, IFLA_MAX, NULL) < 0 ||
	    attributes[IFLA_IFALIAS] == NULL || attributes[IFLA_IFNAME] == NULL) {
		return NL_OK;
	}
	alias = nla_get_string(attributes[IFLA_IFALIAS]);
	if (strncmp(alias, NET_ALIAS, strlen(NET_ALIAS)) == 0) {
		walk->each(nla_get_string(attributes[IFLA_IFNAME]), alias, walk->arg);
	}
	return NL_OK;
}

void net_link_each_ours(void (*each)(const char *name, const char *alias, void *arg), void *arg)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct nl_msg *message = link_message(RTM_GETLINK, NLM_F_DUMP, &info);
	struct link_walk walk = { each, arg };

	if (message != NULL) {
		nl_socket_modify_cb(link_socket, NL_CB_VALID, NL_CB_CUSTOM, link_walk, &walk);
		link_talk(message, false);
	}
}
