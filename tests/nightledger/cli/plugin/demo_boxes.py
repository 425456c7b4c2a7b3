"""A plug-in platform whose world is a JSON file: boxes with locks, refusals and delays to order."""

from __future__ import annotations

import json
import time
from pathlib import Path

from nightledger.api import Failure, Found, Kind, Reach, Reason, fact, lists


class Refused(Exception):
    pass


class Box(Kind):
    """A box with a lock."""

    kind, platform = "demo.box", "demo"

    @lists(needs="demo:ListBoxes")
    def every(self, shop):
        for name in shop.boxes():
            yield Found(uid=f"box:{name}", name=name)

    @fact(needs="demo:ReadLock")
    def lock(self, shop, box):
        return shop.lock(box.name)


class Yard(Kind):
    """What surrounds the boxes, one for each world."""

    kind, platform = "demo.yard", "demo"

    @lists(needs="demo:ReadYard")
    def every(self, shop):
        yield Found(uid="yard", name="yard")

    @fact(needs="demo:ReadYard")
    def guard(self, shop):
        return "dog"


class Shop:
    def __init__(self, path, recorder):
        self.path, self.recorder = path, recorder

    def world(self, operation):
        world = json.loads(Path(self.path).read_text())
        time.sleep(world.get("slow", 0))
        if operation in world.get("refuse", ()):
            raise Refused(operation)
        return world

    def boxes(self):
        names = sorted(self.world("ListBoxes")["boxes"])
        self.recorder.answered("ListBoxes", {}, names)
        return names

    def lock(self, name):
        value = self.world("ReadLock")["boxes"][name]
        self.recorder.answered("ReadLock", {"name": name}, value)
        return value


class Room:
    principal = "a tester"

    def __init__(self, name, path):
        self.name, self.path = name, path

    def holds(self, kind):
        return True

    def parts(self, kind):
        return ("global",)

    def client(self, name, part, recorder):
        return Shop(self.path, recorder)

    def classify(self, error):
        if isinstance(error, Refused):
            return Failure("AccessDenied", Reason.DENIED, operation=str(error))
        return Failure(type(error).__name__, Reason.ERROR, str(error), reach=Reach.FACT)

    def close(self):
        pass


class DemoPlatform:
    name = "demo"
    grants = "demo"
    workers = 2
    deadline = 60.0

    def targets(self, source):
        yield Room(f"demo/{Path(source['world']).stem}", source["world"])

    def is_client(self, name):
        return name == "shop"

    def kinds(self):
        return (Box, Yard)

    def lane(self, client, part):
        return "shop"
