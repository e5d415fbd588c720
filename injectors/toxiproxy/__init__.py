"""Faults on a TCP connection, through Toxiproxy's own server or the embedded one."""

from gameday.injectors.toxiproxy.injector import ToxiproxyInjector

__all__ = ["ToxiproxyInjector"]
