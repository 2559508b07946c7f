"""The worker process: one thread hands facts to their hearers, one answers whoever asked for an account
or a new password, one sends mails, and a queue runs what is scheduled and put off.

Started as `python -m shopkeeper.wiring.worker` or by `run()` after a fork. SIGTERM and SIGINT end it cleanly: the rounds and jobs under way
finish, nothing new is begun. Killed instead, it leaves nothing half done: every round is a transaction, every job is started anew.
"""

import logging
import os
import threading
from datetime import UTC, datetime

log = logging.getLogger("shopkeeper.worker")

JOBS_GRACE_S, ROUNDS_GRACE_S = 8.0, 5.0
"""Together less than the patience of whoever stops us."""
CONCURRENCY = 2
MAILS_EVERY_S = 1.0


def run() -> None:
    """Work until SIGTERM or SIGINT. Must be called in the main thread of the process: signals arrive there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopkeeper.wiring.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db import connections

    from shopkeeper.ops.jobs import public as jobs
    from shopkeeper.ops.monitoring import public as monitoring

    monitoring.begin("worker")
    # After a fork the parent's connection must not be used by two processes.
    connections.close_all()
    loops = (
        _hand_out_facts,
        jobs.Loop(name="asked", step=_answer_asked, idle_s=MAILS_EVERY_S),
        jobs.Loop(name="codes", step=_answer_codes, idle_s=MAILS_EVERY_S),
        jobs.Loop(name="texts", step=_send_texts, idle_s=MAILS_EVERY_S),
        jobs.Loop(name="mails", step=_send_mails, idle_s=MAILS_EVERY_S),
        _keep_the_log,
    )
    with jobs.run_loops(loops, grace_s=ROUNDS_GRACE_S):
        log.info("The worker is at work")
        jobs.run_worker(jobs.app, concurrency=CONCURRENCY, grace_s=JOBS_GRACE_S)
    log.info("The worker has ended")


def _hand_out_facts(stop: threading.Event) -> None:
    from shopkeeper.events import public as events
    from shopkeeper.wiring.reactions import REACTIONS

    events.run(REACTIONS, stop=stop)


def _keep_the_log(stop: threading.Event) -> None:
    from shopkeeper.flows import back_up

    back_up.keep_the_log(stop)


def _answer_asked() -> bool:
    from shopkeeper.flows import join

    return join.answer(now=datetime.now(UTC)) > 0


def _answer_codes() -> bool:
    from shopkeeper.flows import sign_in

    return sign_in.answer(now=datetime.now(UTC)) > 0


def _send_texts() -> bool:
    from shopkeeper.flows import sign_in

    return sign_in.send_texts(now=datetime.now(UTC)) > 0


def _send_mails() -> bool:
    from shopkeeper.growth.messages import public as messages

    return messages.send_due(now=datetime.now(UTC)).sent > 0


if __name__ == "__main__":
    run()
