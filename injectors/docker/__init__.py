"""Faults on containers, through a Docker engine's own interface and small containers beside the target."""

from gameday.injectors.docker.injector import DockerInjector

__all__ = ["DockerInjector"]
