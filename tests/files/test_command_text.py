"""Commands as text: a person sees what runs, and no secret."""

from __future__ import annotations

import subprocess

import pytest

from gameday.command_text import format_command

SECRET = "hunter2-s3cret"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["./switch", "recommendations", "off"], "./switch recommendations off"),
        (["mysql", "--password", SECRET, "-e", "select 1"], "mysql --password *** -e 'select 1'"),
        (["mysql", f"--password={SECRET}"], "mysql '--password=***'"),
        (["env", f"PGPASSWORD={SECRET}", "psql"], "env 'PGPASSWORD=***' psql"),
        (["env", f"AWS_SECRET_ACCESS_KEY={SECRET}", "aws"], "env 'AWS_SECRET_ACCESS_KEY=***' aws"),
        (["curl", "-H", f"Authorization: Bearer {SECRET}", "x"], "curl -H 'Authorization: ***' x"),
        (["curl", "-H", f"X-Api-Key: {SECRET}"], "curl -H 'X-Api-Key: ***'"),
        (["curl", "-u", f"admin:{SECRET}"], "curl -u 'admin:***'"),
        (["psql", f"postgres://app:{SECRET}@db:5432/shop"], "psql 'postgres://***@db:5432/shop'"),
        (["curl", f"http://flags/set?on=1&token={SECRET}&x=2"], "curl 'http://flags/set?on=1&token=***&x=2'"),
        (["sh", "-c", f"TOKEN={SECRET} deploy --api-key {SECRET} web"], "sh -c 'TOKEN=*** deploy --api-key *** web'"),
        (
            ["sh", "-c", f"curl -H 'Authorization: Basic {SECRET}' x"],
            """sh -c 'curl -H '"'"'Authorization: ***'"'"' x'""",
        ),
        (["deploy", "--token", "--dry-run"], "deploy --token --dry-run"),
        (["redis-cli", "set", "monkey", "1"], "redis-cli set monkey 1"),
    ],
)
def test_secrets_of_a_command_are_hidden(words: list[str], text: str) -> None:
    assert format_command(words) == text
    assert SECRET not in format_command(words)


@pytest.mark.parametrize(
    ("word", "printed"),
    [
        ("${TOKEN}", "t0 k3n"),
        ("pre-${WHO:-none}-post", "pre-t0 k3n-post"),
        ("${NO_SUCH:-a b}", "a b"),
        ("$${TOKEN} costs $$5", "${TOKEN} costs $5"),
        ('`id` "quoted" \\ $1 ${TOKEN}', '`id` "quoted" \\ $1 t0 k3n'),
    ],
)
def test_a_command_can_be_pasted_into_a_shell_that_has_the_variables(word: str, printed: str) -> None:
    pasted = format_command(["printf", "%s", word])
    ran = subprocess.run(
        ["sh", "-c", pasted], env={"TOKEN": "t0 k3n", "WHO": "t0 k3n"}, capture_output=True, text=True, check=True
    )
    assert ran.stdout == printed
