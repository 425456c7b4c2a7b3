"""The checks of the plug-in."""

from nightledger.api import check, direct, failed, passed

LINK = direct("164.310(c)", proves="the box is locked", does_not_prove="that nobody else has a key")


@check("demo-box-locked", on="demo.box", severity="high", links=[LINK])
def locked(lock, *, weakest: int = 1):
    """Is the box locked?"""
    if lock is None:
        return failed("there is no lock")
    return (
        passed(f"the lock has strength {lock}")
        if lock >= weakest
        else failed(f"the lock has strength {lock} only")
    )
