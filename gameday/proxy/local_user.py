"""The user at the other end of a loopback connection, as the kernel knows it (Linux socket diagnostics)."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct

from gameday.proxy.address import unmap_ip

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI")
_PORTS = struct.Struct(">HH")
_ANY_INTERFACE_OR_COOKIE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
_ANSWER = struct.Struct("=xB2x48x12xII")
"""State, uid and inode of `struct inet_diag_msg`, without the address and the queues."""
_TIMEOUT_S = 1.0
_ESTABLISHED, _FIN_WAIT1, _FIN_WAIT2, _CLOSE_WAIT = 1, 4, 5, 8
_OPEN_PEER_STATES = (_ESTABLISHED, _FIN_WAIT1, _FIN_WAIT2, _CLOSE_WAIT)
_OPEN_OWN_STATES = (_ESTABLISHED, _CLOSE_WAIT)

SocketAddress = tuple[str, int]


def find_peer_user(sock: socket.socket) -> int | None:
    """Return the uid of the process at the other end of a TCP connection within this machine.

    None if it cannot be determined. The kernel gives uid 0 for a socket that its process has closed: it has no owner,
    and does not count as root's. While our own end is open, no other process can have the same pair of ports."""
    try:
        own, peer = sock.getsockname(), sock.getpeername()
        state, uid, inode = _query_socket((unmap_ip(peer[0]), peer[1]), (unmap_ip(own[0]), own[1]))
        own_state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except (OSError, ValueError, struct.error):
        return None
    is_owned = inode != 0 and state in _OPEN_PEER_STATES and own_state in _OPEN_OWN_STATES
    return uid if is_owned else None


def is_own_user_or_root(uid: int | None) -> bool:
    """Return True for the user that runs this process, and for root, who can do everything anyway."""
    return uid is not None and uid in (0, os.geteuid())


def _query_socket(local: SocketAddress, remote: SocketAddress) -> tuple[int, int, int]:
    """Ask the kernel for the state, uid and inode of one socket. Raises OSError, struct.error."""
    source, target = ipaddress.ip_address(local[0]), ipaddress.ip_address(remote[0])
    family = socket.AF_INET if source.version == 4 else socket.AF_INET6
    question = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0xFFFFFFFF) + _PORTS.pack(local[1], remote[1])
    question += source.packed.ljust(16, b"\0") + target.packed.ljust(16, b"\0") + _ANY_INTERFACE_OR_COOKIE
    header = _HEADER.pack(_HEADER.size + len(question), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(_TIMEOUT_S)
        kernel.send(header + question)
        answer = kernel.recv(4096)
    _, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _SOCK_DIAG_BY_FAMILY:
        raise OSError("the kernel does not know the connection")
    state, uid, inode = _ANSWER.unpack_from(answer, _HEADER.size)
    return state, uid, inode
