"""A bounded pool of workers with lanes: no lane may fill the pool, so one slow service cannot starve the rest.

A worker that only waits for somebody who may never answer can hand on its place; it keeps its thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Any

from collectors.memory import share_one_arena

WAITING = 2
"""How many may wait beside the workers, for each worker."""


@dataclass(slots=True)
class Task:
    """One piece of work for a worker, and what the coordinator does with its outcome.

    `run` must touch nothing shared; `done` is called by the coordinator with the value or the exception.
    """

    lane: str
    run: Callable[[], Any]
    done: Callable[[Any, Exception | None], None]
    started: Callable[[], None] = field(default=lambda: None)
    placed: bool = False


News = Callable[[], None]
"""What a worker leaves for the coordinator to do."""

_HAND_ON: ContextVar[News] = ContextVar("_HAND_ON")


def place() -> News:
    """What hands on the place of the worker that asks, from any thread and at most once; outside a pool, nothing."""
    return _HAND_ON.get(_no_place)


def _no_place() -> None:
    """Whoever is no worker has no place to hand on."""


class Pool:
    """Daemon worker threads, started as needed; all methods are called by the coordinator's thread only."""

    def __init__(self, workers: int, news: SimpleQueue[News]) -> None:
        share_one_arena()
        self._workers = workers
        self._share = max(1, workers * 3 // 4)
        self._news = news
        self._work: SimpleQueue[Task | None] = SimpleQueue()
        self._lanes: OrderedDict[str, deque[Task]] = OrderedDict()
        self._busy: dict[str, int] = {}
        self._running = 0
        self._at_work = 0
        self._threads = 0

    def submit(self, task: Task) -> None:
        """Queue a task in its lane and start what may start."""
        self._lanes.setdefault(task.lane, deque()).append(task)
        self._start()

    def drop_queued(self) -> list[Task]:
        """Take back every task that has not started."""
        tasks = [task for lane in self._lanes.values() for task in lane]
        self._lanes.clear()
        return tasks

    def close(self) -> None:
        """Let idle workers end; a worker stuck in a call is a daemon and dies with the process."""
        for _ in range(self._threads):
            self._work.put(None)

    def _free(self, task: Task) -> None:
        if task.placed:
            task.placed = False
            self._running -= 1
            self._busy[task.lane] -= 1
        self._start()

    def _ended(self, task: Task, value: Any, error: Exception | None) -> None:
        task.done(value, error)
        self._at_work -= 1
        self._free(task)

    def _start(self) -> None:
        while self._running < self._workers and self._at_work < self._workers * (1 + WAITING):
            lane = next((name for name, queued in self._lanes.items() if self._may_start(name, queued)), None)
            if lane is None:
                return
            queued = self._lanes[lane]
            task = queued.popleft()
            self._lanes.move_to_end(lane)
            if not queued:
                del self._lanes[lane]
            self._busy[lane] = self._busy.get(lane, 0) + 1
            self._running += 1
            self._at_work += 1
            task.placed = True
            task.started()
            self._ensure_thread()
            self._work.put(task)

    def _may_start(self, lane: str, queued: deque[Task]) -> bool:
        return bool(queued) and self._busy.get(lane, 0) < self._share

    def _ensure_thread(self) -> None:
        if self._threads < self._at_work:
            self._threads += 1
            threading.Thread(target=self._loop, daemon=True, name=f"look-{self._threads}").start()

    def _loop(self) -> None:
        while (task := self._work.get()) is not None:
            _HAND_ON.set(partial(self._news.put, partial(self._free, task)))
            self._news.put(partial(self._ended, task, *_outcome(task)))
            # An idle worker keeps nothing of what it read.
            del task
            _HAND_ON.set(_no_place)


def _outcome(task: Task) -> tuple[Any, Exception | None]:
    try:
        return task.run(), None
    except Exception as problem:  # noqa: BLE001 - every failure travels to the coordinator, which judges it
        return None, problem
