"""Kinds of fault on a TCP connection through a proxy, for every injector that has one."""
