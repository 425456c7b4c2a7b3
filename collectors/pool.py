"""A bounded pool of workers with lanes: no lane may fill the pool, so one slow service cannot starve the rest."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any


@dataclass(slots=True)
class Task:
    """One piece of work for a worker, and what the coordinator does with its outcome.

    `run` must touch nothing shared; `done` is called by the coordinator with the value or the exception.
    """

    lane: str
    run: Callable[[], Any]
    done: Callable[[Any, Exception | None], None]
    started: Callable[[], None] = field(default=lambda: None)


Outcome = tuple["Pool", Task, Any, Exception | None]


class Pool:
    """Daemon worker threads, started as needed; all methods are called by the coordinator's thread only."""

    def __init__(self, workers: int, outcomes: SimpleQueue[Outcome]) -> None:
        self._workers = workers
        self._share = max(1, workers * 3 // 4)
        self._outcomes = outcomes
        self._work: SimpleQueue[Task | None] = SimpleQueue()
        self._lanes: OrderedDict[str, deque[Task]] = OrderedDict()
        self._busy: dict[str, int] = {}
        self._running = 0
        self._threads = 0

    def submit(self, task: Task) -> None:
        """Queue a task in its lane and start what may start."""
        self._lanes.setdefault(task.lane, deque()).append(task)
        self._start()

    def ended(self, task: Task) -> None:
        """Free the task's place; called once per outcome."""
        self._running -= 1
        self._busy[task.lane] -= 1
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

    def _start(self) -> None:
        while self._running < self._workers:
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
            task.started()
            self._ensure_thread()
            self._work.put(task)

    def _may_start(self, lane: str, queued: deque[Task]) -> bool:
        return bool(queued) and self._busy.get(lane, 0) < self._share

    def _ensure_thread(self) -> None:
        if self._threads < min(self._workers, self._running):
            self._threads += 1
            threading.Thread(target=self._loop, daemon=True, name=f"look-{self._threads}").start()

    def _loop(self) -> None:
        while (task := self._work.get()) is not None:
            try:
                value, error = task.run(), None
            except Exception as problem:  # noqa: BLE001 - every failure travels to the coordinator, which judges it
                value, error = None, problem
            self._outcomes.put((self, task, value, error))
