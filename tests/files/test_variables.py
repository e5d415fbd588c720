"""Variables in gameday.yaml: Compose's rules, errors at their place, and no value where it does not belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.cli.main import run_command
from gameday.clients.foreign_text import shorten_line
from gameday.errors import Exit, InvalidFiles
from gameday.files.check import check_files
from gameday.files.project import Project, parse_project
from gameday.files.project_editor import open_editor
from gameday.variables import (
    VariableError,
    has_variable,
    redact,
    redact_variables,
    substitute,
    used_variables,
)

SECRET = "s3cret-of-a-test"
ENVIRON = {"HOST": "db.example", "EMPTY": "", "TOKEN": SECRET}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("http://${HOST}:1/", "http://db.example:1/"),
        ("${EMPTY}", ""),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${UNSET:-a:b c}", "a:b c"),
        ("${UNSET-}", ""),
        ("$${HOST}", "${HOST}"),
        ("$$$${HOST}$$", "$${HOST}$"),
        ("$HOST $1 $.a[?(@.b)] ^x$ $", "$HOST $1 $.a[?(@.b)] ^x$ $"),
        ("no variable", "no variable"),
    ],
)
def test_variables_follow_compose(text: str, becomes: str) -> None:
    assert substitute(text, ENVIRON) == becomes


@pytest.mark.parametrize("text", ["${", "${}", "${HOST", "${1A}", "${HOST:?no}", "${A B}", "${HOST:}"])
def test_an_invalid_reference_is_an_error(text: str) -> None:
    with pytest.raises(VariableError, match="invalid variable reference"):
        substitute(text, ENVIRON)


def test_values_of_variables_are_found_and_redacted() -> None:
    assert has_variable("a${B}") and not has_variable("a$${B}") and not has_variable("a$b")
    assert used_variables({"a": ["x ${TOKEN}", 5], "b": "$${HOST} ${EMPTY} ${UNSET}"}, ENVIRON) == {"TOKEN": SECRET}
    assert redact(f"a {SECRET} b abc", [SECRET, "abc", "s3cret"]) == "a *** b abc"


@given(st.integers(0, 40), st.integers(4, 60))
def test_no_part_of_a_secret_is_left_where_a_text_was_shortened(before: int, limit: int) -> None:
    """Also of a secret with line breaks, which a text on one line shows in another form."""
    secret = "SUPER SECRET\n123\t456 of-two-lines"
    text = shorten_line(f"{'x' * before} {secret} {'y' * 30}", limit)
    shown = redact(text, [secret])
    assert "SUPE" not in shown and "SECR" not in shown and "of-two" not in shown, shown
    assert "SUPE" not in redact_variables(text, {"TOKEN": secret})
    assert redact(shorten_line(secret.splitlines()[1], limit), [secret]).count("of-two") == 0


TEXT = """gameday: 1
default_env: ${WHERE:-staging}
environments:
  staging:
    production: ${IS_PRODUCTION:-false}
    targets:
      database:
        injector: toxiproxy
        url: http://${PROXY_HOST}:8474
        proxy: ${PROXY:-orders-db}
        bearer: ${TOKEN}
    signals:
      served:
        kind: ratio
        probe: http
        url: https://${SHOP}/health
        min_samples: ${SAMPLES:-3}
        timeout: ${PATIENCE:-2s}
        basic: {user: shop, password: "${TOKEN}"}
    actions:
      look: {do: [./look, "${TOKEN}"], undo: ["${TOOLS}/look"]}
    load: {start: [load, "${TOKEN}"], stop: [load]}
    channels:
      team-chat:
        channel: webhook
        url: https://${TOKEN}
        body: {text: "{text}"}
        in_rehearsals: ${IN_REHEARSALS:-true}
"""
NAMES = ("PROXY_HOST", "TOKEN", "SHOP", "TOOLS")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.setenv(name, {"TOKEN": SECRET}.get(name, name.lower().replace("_", "-")))
    return monkeypatch


def parse() -> Project:
    return parse_project(TEXT, "/place/gameday.yaml")


def test_values_that_name_things_are_substituted_and_typed(environ: pytest.MonkeyPatch) -> None:
    staging = parse().environments["staging"]
    assert staging.targets["database"].settings["url"] == "http://proxy-host:8474"
    assert staging.targets["database"].settings["proxy"] == "orders-db"
    served = staging.signals["served"]
    assert served.min_samples == 3 and served.settings["timeout"] == 2.0
    environ.setenv("IS_PRODUCTION", "true")
    assert parse().environments["staging"].production is True
    environ.setenv("WHERE", "true")
    with pytest.raises(InvalidFiles, match=r"default_env: must be text, not \$\{WHERE:-staging\}"):
        parse()


def test_only_the_value_of_a_variable_is_masked_in_an_error(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("IS_PRODUCTION", "true")
    quoted = TEXT.replace("${IS_PRODUCTION:-false}", '"${IS_PRODUCTION}"')
    with pytest.raises(InvalidFiles, match=r"production: must be true or false, not '\$\{IS_PRODUCTION\}'"):
        parse_project(quoted, "/place/gameday.yaml")
    environ.setenv("SHOP", "staging")
    with pytest.raises(InvalidFiles, match=r"missing key 'kind' in environments\.staging\.signals\.served"):
        parse_project(TEXT.replace("        kind: ratio\n", ""), "/place/gameday.yaml")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("limit", "healthy: invalid limit '${HEALTHY}': write a test and a value, such as 'at_least 99%' or"),
        ("such", "healthy: invalid limit '${HEALTHY}': write a test and a value, such as 'at_least 99%' or"),
        ("environments", "environments.staging.signals.served.healthy: invalid limit '${HEALTHY}': write"),
        ("at_least s3cr3t", "healthy: '${HEALTHY}' is not a limit"),
    ],
)
def test_a_validators_own_words_are_not_masked(environ: pytest.MonkeyPatch, value: str, said: str) -> None:
    environ.setenv("HEALTHY", value)
    text = TEXT.replace("        kind: ratio\n", '        kind: ratio\n        healthy: "${HEALTHY}"\n')
    with pytest.raises(InvalidFiles) as refused:
        parse_project(text, "/place/gameday.yaml")
    assert said in str(refused.value) and "s3cr3t" not in str(refused.value)


def test_secrets_and_commands_keep_their_variables(environ: pytest.MonkeyPatch) -> None:
    project = parse()
    staging = project.environments["staging"]
    assert SECRET not in repr(project)
    assert staging.targets["database"].settings["bearer"] == "${TOKEN}"
    assert staging.signals["served"].settings["url"] == "https://${SHOP}/health"
    assert staging.actions["look"].do == ("/place/look", "${TOKEN}")
    assert staging.actions["look"].undo == ("${TOOLS}/look",)
    chat = staging.channels["team-chat"]
    assert chat.settings == {"url": "https://${TOKEN}", "body": {"text": "{text}"}} and chat.in_rehearsals is True
    assert staging.load is not None and staging.load.start == ("load", "${TOKEN}")


def test_an_unset_variable_is_an_error_at_its_place(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        environ.delenv(name)
    (tmp_path / "gameday.yaml").write_text(TEXT)
    problems = check_files([tmp_path / "gameday.yaml"])
    assert [(problem.line, problem.column, problem.wrong) for problem in problems] == [
        (9, 14, "variable PROXY_HOST is not set"),
        (11, 17, "variable TOKEN is not set"),
        (16, 14, "variable SHOP is not set"),
        (19, 39, "variable TOKEN is not set"),
        (21, 27, "variable TOKEN is not set"),
        (21, 47, "variable TOOLS is not set"),
        (22, 26, "variable TOKEN is not set"),
        (26, 14, "variable TOKEN is not set"),
    ]
    assert problems[0].suggestion.startswith("export PROXY_HOST=..., pass --var PROXY_HOST=...")


def test_a_drill_needs_only_the_variables_of_its_environment(
    environ: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.chdir(tmp_path)
    environ.delenv("GAMEDAY_FILE", raising=False)
    other = TEXT[TEXT.index("  staging:") :].replace("staging:", "other:").replace("TOKEN", "OTHER_TOKEN")
    Path("gameday.yaml").write_text(TEXT + other.replace("orders-db", "other-db"))
    Path("tiny.yaml").write_text("gameday: 1\nid: tiny\ntitle: Tiny\nkind: nothing\n")
    assert parse_project(Path("gameday.yaml").read_text(), "gameday.yaml").unset.keys() == {"other"}
    assert run_command(["doctor", "--env", "other"]) is Exit.REFUSED
    output = capsys.readouterr().out
    assert "variable OTHER_TOKEN is not set" in output and "variable TOKEN is" not in output


def test_no_message_about_a_file_contains_the_value_of_a_variable(environ: pytest.MonkeyPatch) -> None:
    for old, new in [
        ("probe: http", "probe: ${TOKEN}"),
        ("${PATIENCE:-2s}", "${TOKEN}"),
        ("kind: ratio", "kind: ${LONG}"),
        ("http://${PROXY_HOST}:8474", "http://${TOKEN}/x"),
        ("default_env: ${WHERE:-staging}", "default_env: ${TOKEN}"),
        ("${IS_PRODUCTION:-false}", "x${TOKEN}y"),
    ]:
        environ.setenv("LONG", SECRET * 10)
        with pytest.raises(InvalidFiles) as caught:
            parse_project(TEXT.replace(old, new), "gameday.yaml")
        assert SECRET not in str(caught.value), caught.value


def test_an_unquoted_variable_in_a_one_line_map_is_explained() -> None:
    for line, column in (("    x: {a: ${B}}", 12), ("    x: [a, ${B}]", 12), ("    x: {a: b/${B}/c}", 12)):
        with pytest.raises(InvalidFiles) as caught:
            parse_project(f"gameday: 1\nenvironments:\n  staging:\n{line}\n", "gameday.yaml")
        expected = f'gameday.yaml:4:{column}: a variable between {{ }} or [ ] needs quotes (write "${{NAME}}")'
        assert str(caught.value) == expected


def test_a_file_with_variables_can_be_edited_without_losing_them(environ: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "gameday.yaml"
    path.write_text(TEXT)
    editor = open_editor(path, "staging").with_value(("terms", "journey"), "checkout")
    editor.write()
    assert "bearer: ${TOKEN}" in path.read_text() and SECRET not in path.read_text()


def test_var_sets_a_variable_before_the_environment(
    environ: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ.setenv("PROXY_HOST", "not a host")
    path = tmp_path / "gameday.yaml"
    path.write_text(TEXT)
    assert run_command(["check", str(path)]) is Exit.BAD_INPUT
    assert run_command(["check", "--var", "PROXY_HOST=db.example", "--var", "X=a=b", str(path)]) is Exit.HELD
    capsys.readouterr()
    for wrong in ("TOKEN", f"={SECRET}", f"1A={SECRET}"):
        assert run_command(["check", "--var", wrong, str(path)]) is Exit.BAD_INPUT
    message = capsys.readouterr().err
    assert "expected NAME=VALUE" in message and SECRET not in message


def test_an_address_in_a_variable_is_checked_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "s3cret-host/health")
    file = tmp_path / "gameday.yaml"
    file.write_text(
        "gameday: 1\nenvironments:\n  staging:\n    signals:\n"
        '      wait: {kind: duration, probe: http, url: "${SHOP_URL}", value: p95}\n'
    )
    [problem] = check_files([file])
    assert (problem.line, problem.wrong) == (5, "the URL does not begin with http:// or https://")
    assert "s3cret" not in str(problem)
