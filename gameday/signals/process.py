"""The process probe: a command that prints a number, and optionally its sample size."""

from __future__ import annotations

from typing_extensions import override

from gameday.clients.bounded_command import CommandError, OutputTooLong, read_command
from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings

MAX_OUTPUT_BYTES = 4096
"""Bytes of output that are read."""


def parse_output(output: bytes) -> Measurement:
    """Parse `0.97` or `0.97 120`. Raises MeasurementError."""
    words = output.split()
    try:
        if len(words) in (1, 2):
            return Measurement(float(words[0]), int(words[1]) if len(words) == 2 else 1)
    except ValueError:
        pass
    raise MeasurementError("the command must print a number, optionally followed by the sample size")


class ProcessProbe(Probe):
    """Runs the command in the folder of gameday.yaml; the processes that it started end with it."""

    def __init__(self, run: tuple[str, ...], timeout: float, folder: str) -> None:
        self._run, self._timeout, self._folder = run, timeout, folder

    @override
    async def read(self) -> Measurement:
        try:
            output = await read_command(self._run, self._timeout, self._folder, MAX_OUTPUT_BYTES)
        except OutputTooLong:
            raise MeasurementError("the command printed more than a number and a sample size") from None
        except CommandError as error:
            raise MeasurementError(str(error)) from None
        return parse_output(output)

    @override
    async def close(self) -> None: ...


def open_process(binding: SignalBinding, web: HttpClient) -> Probe:  # noqa: ARG001  # one shape for all probes
    return ProcessProbe(settings.required_texts(binding, "run"), settings.read_timeout_s(binding), binding.folder)
