import pytest

from config.policy_values import typed


@pytest.mark.parametrize(
    ("given", "default", "value"),
    [
        ("5", 15, 5),
        ("-5", -1, -5),
        ("Yes", False, True),
        ("off", True, False),
        ("SOC 1", "SOC 2", "SOC 1"),
        (["a", "1"], (), ("a", "1")),
        (["22"], (3389,), (22,)),
        (["a"], frozenset({"b"}), frozenset({"a"})),
    ],
)
def test_a_value_is_read_in_the_type_of_the_default(given, default, value):
    assert typed(given, default) == value


@pytest.mark.parametrize(
    ("given", "default", "why"),
    [
        ("5.5", 15, "must be a whole number"),
        ("\u0665", 15, "must be a whole number"),
        (["5"], 15, "must be a whole number"),
        ("-5", 15, "must not be negative"),
        ("-5", 0, "must not be negative"),
        ("maybe", True, "must be true or false"),
        (["yes"], True, "must be true or false"),
        ("a", (), "must be a list"),
        ({"a": "b"}, (), "must be a list"),
        (["ssh"], (22,), "each of the list must be a whole number"),
        (["-1"], (22,), "each of the list must not be negative"),
        (["a"], "b", "must be text"),
    ],
)
def test_what_does_not_fit_is_refused_without_repeating_it(given, default, why):
    with pytest.raises(ValueError, match=f"^{why}$"):
        typed(given, default)
