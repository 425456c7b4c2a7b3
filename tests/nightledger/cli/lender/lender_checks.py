"""A check of one kind that borrows a fact of another, and one of the lender itself."""

from nightledger.api import check, failed, passed, supporting

LINK = supporting("164.310(c)", proves="there is a guard", does_not_prove="that it is awake")


@check("demo-box-guarded", on="demo.box", severity="low", links=[LINK], also={"guard": "demo.yard:guard"})
def guarded(lock, guard):
    """Is the box guarded?"""
    return passed(f"lock {lock}, guard {guard}") if guard else failed("nobody guards it")


@check("demo-yard-guarded", on="demo.yard", severity="low", links=[LINK])
def yard_guarded(guard):
    """Is the yard guarded?"""
    return passed(f"guard {guard}")
