"""Faults on a Kubernetes cluster, from a plain kubeconfig: no CRD, no privileged pod."""

from gameday.injectors.kubernetes.injector import KubernetesInjector

__all__ = ["KubernetesInjector"]
