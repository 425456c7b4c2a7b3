"""A platform made of dictionaries: a world to poll, with refusals, delays and deaths to order."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from collectors.kind import Failure, Found, Kind, Reach, fact, lists, lookup
from evidence.model import Missing, Reason

ODD: dict[str, Any] = {
    "float": 0.5,
    "nan": float("nan"),
    "wide": 2**60,
    "broken": "\udc80",
    "set": {1},
    "deep": {"inner": [{"weight": 1.5}]},
    "reserved": {"$missing": "denied"},
    "nested": [Missing(Reason.DENIED)],
}
"""What no evidence can hold, by a colour that stands for it."""


class Refused(Exception):
    def __init__(self, code: str, operation: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.operation = operation


@dataclass
class World:
    boxes: dict[str, list[str]] = field(default_factory=lambda: {"here": ["a", "b", "c"], "there": ["d"]})
    colours: dict[str, Any] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    size: Any = 3
    seen: Any = "today"
    jitter: float = 0.0
    calls: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def ask(self, operation: str, about: str = "") -> None:
        with self.lock:
            self.calls.append(f"{operation} {about}".strip())
        if self.jitter:
            time.sleep(random.random() * self.jitter)
        for key in (operation, f"{operation} {about}"):
            if key in self.refuse:
                raise Refused(self.refuse[key], operation)


class Client:
    def __init__(self, world: World, part: str, recorder: Any) -> None:
        self.world, self.part, self.recorder = world, part, recorder

    def _answer(self, operation: str, about: str, value: Any) -> Any:
        try:
            self.world.ask(operation, about)
        except Refused as refused:
            self.recorder.failed(operation, {"about": about}, refused.code)
            raise
        self.recorder.answered(operation, {"about": about}, value, request_id="r1")
        return value

    def list_boxes(self) -> list[str]:
        return self._answer("list_boxes", self.part, self.world.boxes.get(self.part, []))

    def colour(self, name: str) -> Any:
        return self._answer("get_colour", name, self.world.colours.get(name, "red"))

    def weights(self, names: list[str]) -> dict[str, int]:
        return self._answer(
            "get_weights", ",".join(names), {name: len(name) for name in names if name != "unweighed"}
        )

    def owners(self) -> dict[str, str]:
        return self._answer("list_owners", "", {"a": "ann"})


class Box(Kind):
    kind, platform, part = "fake.box", "fake", "room"
    gone = {"Gone"}

    @lists(needs="fake:List", gives="size")
    def every(self, shop):
        for name in shop.list_boxes():
            if name == "boom":
                raise Refused("Boom")
            given, seen = {"size": shop.world.size}, {"seen": shop.world.seen}
            yield Found(uid=f"uid-{name}", name=ODD.get(name, name), gives=given, volatile=seen)

    @lookup(needs="fake:Owners")
    def owners(self, shop):
        return shop.owners()

    @fact(needs="fake:Colour", absent="NoColour")
    def colour(self, shop, box):
        return shop.colour(box.name)

    @fact()
    def bright(self, colour, size):
        return colour == "red" and size > 2

    @fact()
    def shade(self, colour):
        return ODD.get(colour, colour)

    @fact()
    def owner(self, owners, box):
        return owners.get(box.name)

    @fact(needs="fake:Weight", batch=2)
    def weight(self, shop, boxes):
        return {f"uid-{name}": weight for name, weight in shop.weights([box.name for box in boxes]).items()}

    @fact(volatile=True)
    def touched(self, shop, box):
        return str(time.time_ns())


class Room:
    principal = "tester"

    def __init__(self, world: World, name: str = "fake/shop") -> None:
        self.world, self.name, self.closed = world, name, False

    def holds(self, kind: type[Kind]) -> bool:
        return kind.kind not in self.world.never

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:
        self.world.ask("parts")
        return tuple(self.world.boxes)

    def client(self, name: str, part: str, recorder: Any) -> Client:
        return Client(self.world, part, recorder)

    def classify(self, error: Exception) -> Failure:
        code = getattr(error, "code", type(error).__name__)
        reach = {"Expired": Reach.UNIT, "NotEnabled": Reach.SCOPE_NOT_APPLICABLE}.get(code, Reach.FACT)
        reason = {"Denied": Reason.DENIED, "Slow": Reason.THROTTLED}.get(code, Reason.ERROR)
        return Failure(code, reason, "", getattr(error, "operation", ""), reach)

    def close(self) -> None:
        self.closed = True


@dataclass
class Fake:
    name = "fake"
    grants = "fake"
    workers: int = 4
    deadline: float = 60.0

    def targets(self, source: World):
        if "open" in source.refuse:
            raise Refused(source.refuse["open"])
        yield Room(source)

    def is_client(self, name: str) -> bool:
        return name == "shop"

    def kinds(self) -> tuple[type[Kind], ...]:
        return (Box,)

    def lane(self, client: str, part: str) -> str:
        return f"{client}/{part}"
