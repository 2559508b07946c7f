"""How long to wait before a dead part is started again."""

import pytest

from shopkeeper.ops.processes.rules import backoff


@pytest.mark.parametrize(("failures", "pause"), [(1, 0.25), (2, 0.5), (3, 1.0), (7, 16.0), (8, 30.0), (500, 30.0)])
def test_the_pause_doubles_up_to_half_a_minute(failures, pause):
    assert backoff.pause_s(failures) == pause


def test_a_part_that_ran_for_a_minute_starts_from_the_beginning():
    assert backoff.failures_after(6, ran_for_s=59.9) == 7
    assert backoff.failures_after(6, ran_for_s=60.0) == 1
