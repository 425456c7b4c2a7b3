from __future__ import annotations

import threading

import pytest

from collectors.limits import Limits, Rate

KEY = ("aws/1", "ec2", "eu-west-1")


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def limits(per_second=10, burst=5):
    clock = Clock()
    return Limits({"": Rate(per_second, burst)}, clock=clock, sleep=clock.sleep), clock


def test_a_burst_passes_at_once_and_what_follows_keeps_the_rate():
    bucket, clock = limits()
    assert [bucket.take(KEY) for _ in range(5)] == [0] * 5
    for _ in range(20):
        bucket.take(KEY)
    assert clock.now == pytest.approx(2.0)


def test_each_target_service_and_region_has_its_own_bucket():
    bucket, clock = limits(1, 1)
    for key in (
        KEY,
        ("aws/2", "ec2", "eu-west-1"),
        ("aws/1", "kms", "eu-west-1"),
        ("aws/1", "ec2", "us-east-1"),
    ):
        bucket.take(key)
    assert clock.now == 0


def test_throttling_slows_down_and_answers_bring_the_rate_back():
    bucket, clock = limits()
    for _ in range(30):
        clock.now += 1
        bucket.throttled(KEY)
    assert bucket.share(KEY) == pytest.approx(0.1)
    for _ in range(100):
        bucket.answered(KEY)
    assert bucket.share(KEY) == 1


def test_what_a_service_refuses_within_one_second_counts_once():
    bucket, clock = limits()
    for _ in range(30):
        bucket.throttled(KEY)
    assert bucket.share(KEY) == pytest.approx(0.7)
    clock.now += 1
    bucket.throttled(KEY)
    assert bucket.share(KEY) == pytest.approx(0.49)


def test_a_throttled_call_is_left_alone_for_ten_turns_at_the_rate_then_in_use():
    bucket, _ = limits(10)
    assert bucket.again(KEY) == pytest.approx(1)
    bucket.throttled(KEY)
    assert bucket.again(KEY) == pytest.approx(1 / 0.7)


def test_a_service_with_a_rate_of_its_own_uses_it():
    clock = Clock()
    bucket = Limits({"": Rate(1, 1), "s3": Rate(100, 50)}, clock=clock, sleep=clock.sleep)
    for _ in range(50):
        bucket.take(("aws/1", "s3", "us-east-1"))
    assert clock.now == 0


def test_many_threads_together_never_get_more_than_the_rate():
    waits: list[float] = []
    bucket = Limits({"": Rate(10, 10)}, clock=lambda: 0.0, sleep=waits.append)
    threads = [threading.Thread(target=lambda: [bucket.take(KEY) for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(round(wait, 6) for wait in waits) == [round(n / 10, 6) for n in range(1, 91)]
