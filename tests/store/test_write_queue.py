"""Writes are done in order, are tried again after an error of the store, and nobody has to wait for them."""

from __future__ import annotations

import threading

import pytest

from gameday.store.protocols import Fenced, StoreBusy, StoreError
from gameday.store.write_queue import WriteQueue


def test_writes_that_wait_for_a_lock_are_done_in_order_later() -> None:
    queue, lock, written = WriteQueue(), threading.Event(), list[int]()

    def write_locked() -> None:
        lock.wait(60.0)
        written.append(1)

    first = queue.submit(write_locked)
    second = queue.submit(lambda: written.append(2))
    with pytest.raises(StoreBusy, match="locked the store, its disk is slow, or this machine is busy"):
        first.wait(0.0)
    with pytest.raises(StoreBusy):
        second.wait(60.0, give_up=lambda: True)
    assert not queue.flush(0.0)
    lock.set()
    assert queue.flush(60.0) and queue.is_empty
    assert written == [1, 2]


def test_failed_write_is_tried_again_with_those_behind_it() -> None:
    queue, written, is_full = WriteQueue(), list[int](), threading.Event()
    is_full.set()

    def write_first() -> None:
        if is_full.is_set():
            raise StoreError("no space")
        written.append(1)

    first = queue.submit(write_first)
    second = queue.submit(lambda: written.append(2))
    for write in (first, second):
        with pytest.raises(StoreError, match="no space"):
            write.wait(60.0)
    assert str(queue.error) == "no space"
    is_full.clear()
    assert queue.flush(60.0)
    assert written == [1, 2]


def test_refused_write_is_not_repeated_and_delays_no_other() -> None:
    queue, attempts = WriteQueue(), list[int]()

    def write_fenced() -> None:
        attempts.append(1)
        raise Fenced("gd-0001")

    write = queue.submit(write_fenced)
    with pytest.raises(Fenced):
        write.wait(60.0)
    assert queue.submit(lambda: "written").wait(60.0) == "written"
    assert attempts == [1]


def test_withdrawn_write_is_never_done() -> None:
    queue, lock, written = WriteQueue(), threading.Event(), list[int]()
    first = queue.submit(lambda: lock.wait(60.0))
    second = queue.submit(lambda: written.append(2))
    assert queue.withdraw(second)
    lock.set()
    assert first.wait(60.0) and queue.flush(60.0)
    assert written == []
    assert not queue.withdraw(first)
