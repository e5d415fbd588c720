"""Commands in the remedies of refusals: they work as printed, on the cluster that was asked."""

from __future__ import annotations

import pytest
from support.api_server import ApiServer
from support.kubernetes_target import KubernetesTarget

from gameday.errors import Refused
from gameday.injectors.kubernetes.faults.config import Config
from gameday.injectors.kubernetes.target_settings import read_settings
from gameday.model import Json
from gameday.plugins.types import ParamProblem


def remedy(target: KubernetesTarget, kind: str) -> str:
    with pytest.raises(Refused) as refused:
        target.plan(kind)
    return refused.value.todo


def kubectl(target: KubernetesTarget) -> str:
    return f"kubectl --kubeconfig {read_settings(target.binding).address.kubeconfig} --context test"


@pytest.mark.parametrize(("allowed", "option"), [(None, ""), ("production", " --overwrite")])
def test_annotation_is_set_where_it_has_another_value(
    server: ApiServer, stand_in: KubernetesTarget, allowed: str | None, option: str
) -> None:
    name = stand_in.namespace.name
    annotations = {"gameday/environment": allowed} if allowed else {}
    server.objects[f"/api/v1/namespaces/{name}"]["metadata"]["annotations"] = annotations
    command = f"{kubectl(stand_in)} annotate namespace {name} gameday/environment={stand_in.namespace.environment}"
    assert remedy(stand_in, "kill") == f"To allow drills, its owner runs: {command}{option}"


def test_labels_are_shown_of_the_kind_that_does_not_match(stand_in: KubernetesTarget) -> None:
    stand_in.more, stand_in.without = {"workload": "deployment", "labels": {"app": "none"}}, ()
    command = f"{kubectl(stand_in)} -n {stand_in.namespace.name} get deployment --show-labels"
    assert remedy(stand_in, "kill").endswith(f"to see the labels: {command}")


def test_stop_is_ended_in_the_namespace_and_context_of_its_order(server: ApiServer, stand_in: KubernetesTarget) -> None:
    server.create("/api/v1/namespaces/gameday/configmaps", {"metadata": {"name": "gameday-stop"}, "data": {}})
    command = f"{kubectl(stand_in)} -n gameday delete configmap gameday-stop"
    assert remedy(stand_in, "kill") == f"When they are allowed again: {command}"


@pytest.mark.parametrize(("value", "text"), [(2, "2"), (0.5, "0.5"), (True, "true")])
def test_value_that_yaml_does_not_read_as_text_is_to_be_quoted(value: Json, text: str) -> None:
    with pytest.raises(ParamProblem, match=f'value must be text: write "{text}"'):
        Config.read({"key": "rate", "value": value})
