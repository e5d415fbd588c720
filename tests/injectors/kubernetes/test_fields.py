"""JSON patches that set a field only while the object is as it was read."""

from __future__ import annotations

from typing import Any

import pytest

from gameday.injectors.kubernetes.fields import ABSENT, FieldChange, Segment, build_patch, read_value

DEPLOYMENT: dict[str, Any] = {
    "metadata": {"uid": "u"},
    "spec": {
        "containers": [{"name": "side"}, {"name": "web", "image": "shop:1", "env": [{"name": "A", "value": "1"}]}]
    },
    "data": {"a/b~c": "x"},
}
WEB: tuple[Segment, ...] = ("spec", "containers", {"name": "web"})


def test_container_is_named_and_not_numbered() -> None:
    assert build_patch(DEPLOYMENT, [((*WEB, "image"), ("shop:2",))]) == [
        {"op": "test", "path": "/metadata/uid", "value": "u"},
        {"op": "test", "path": "/spec/containers/1/name", "value": "web"},
        {"op": "test", "path": "/spec/containers/1/image", "value": "shop:1"},
        {"op": "replace", "path": "/spec/containers/1/image", "value": "shop:2"},
    ]


def test_absent_field_is_added_if_its_holder_is_unchanged() -> None:
    operations = build_patch(DEPLOYMENT, [((*WEB, "command"), (["false"],))])
    web = DEPLOYMENT["spec"]["containers"][1]
    assert operations[2:] == [
        {"op": "test", "path": "/spec/containers/1", "value": web},
        {"op": "add", "path": "/spec/containers/1/command", "value": ["false"]},
    ]


def test_field_that_was_absent_before_is_removed() -> None:
    operations = build_patch(DEPLOYMENT, [(("data", "a/b~c"), ABSENT)])
    assert operations[-1] == {"op": "remove", "path": "/data/a~1b~0c"}


@pytest.mark.parametrize(
    ("path", "value"),
    [((*WEB, "env", {"name": "A"}, "value"), ("1",)), ((*WEB, "command"), ABSENT), (("spec", "gone"), ABSENT)],
)
def test_value_of_a_field(path: tuple[Segment, ...], value: tuple[Any, ...]) -> None:
    assert read_value(DEPLOYMENT, path) == value


@pytest.mark.parametrize("path", [("spec", "containers", {"name": "db"}, "image"), ("status", "x", "y")])
def test_field_whose_holder_is_gone_has_no_place(path: tuple[Segment, ...]) -> None:
    assert read_value(DEPLOYMENT, path) is None


def test_change_is_stored_whole() -> None:
    change = FieldChange((*WEB, "image"), ("shop:1",), ("shop:2",), replaced=("shop:1",))
    assert FieldChange.decode(change.encode()) == change
    assert change.owner_path == ("f:spec", "f:containers", 'k:{"name":"web"}', "f:image")
    assert change.text == "spec.containers[web].image"
