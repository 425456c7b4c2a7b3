from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from collectors.pool import WAITING, News, Pool, Task, place

WORKERS = 2


class Coordinator:
    """Submits tasks and does what their workers leave to do; `ended` are the names of those that came back."""

    def __init__(self) -> None:
        self.news: SimpleQueue[News] = SimpleQueue()
        self.pool = Pool(WORKERS, self.news)
        self.ended: list[str] = []

    def submit(self, name: str, run: Callable[[], Any]) -> None:
        self.pool.submit(Task(name, run, lambda _value, _error: self.ended.append(name)))

    def until(self, enough: Callable[[], bool]) -> None:
        while not enough():
            self.news.get(timeout=10)()

    def quiet(self) -> None:
        with suppress(Empty):
            while True:
                self.news.get(timeout=0.1)()


@pytest.fixture
def coordinator() -> Iterator[Coordinator]:
    one = Coordinator()
    yield one
    one.pool.close()


@contextmanager
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()


def waits(event: threading.Event, started: list[int]) -> Callable[[], None]:
    def run() -> None:
        started.append(1)
        place()()
        event.wait(10)

    return run


def test_a_worker_that_hands_on_its_place_lets_another_task_run(coordinator):
    with gate() as event:
        for name in ("a", "b"):
            coordinator.submit(name, waits(event, []))
        coordinator.submit("c", lambda: None)
        coordinator.until(lambda: coordinator.ended == ["c"])
    coordinator.until(lambda: len(coordinator.ended) == 3)


def test_only_so_many_may_wait_beside_the_workers(coordinator):
    started: list[int] = []
    most = WORKERS * (1 + WAITING)
    with gate() as event:
        for number in range(most + 3):
            coordinator.submit(f"{number}", waits(event, started))
        coordinator.until(lambda: len(started) == most)
        coordinator.quiet()
        assert len(started) == most
    coordinator.until(lambda: len(coordinator.ended) == most + 3)


def test_a_place_is_handed_on_once_however_often_and_late_it_is_said(coordinator):
    told: list[News] = []

    def hands_on_twice() -> None:
        told.append(place())
        place()()
        place()()

    coordinator.submit("a", hands_on_twice)
    coordinator.until(lambda: coordinator.ended == ["a"])
    told[0]()
    coordinator.quiet()
    started: list[int] = []
    with gate() as event:
        for name in "bcd":
            coordinator.submit(name, lambda: started.append(1) or event.wait(10))
        coordinator.quiet()
        assert len(started) == WORKERS
    coordinator.until(lambda: len(coordinator.ended) == 4)


def test_outside_a_pool_there_is_no_place_to_hand_on():
    place()()
