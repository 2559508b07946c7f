"""The worker as a real process: it does all its kinds of work, ends cleanly when asked, and killed it loses nothing."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from shopkeeper.events import public as events
from shopkeeper.events.facts import OrderPaid
from shopkeeper.growth.messages import public as messages
from shopkeeper.growth.messages.shapes import MailKind, MailState
from shopkeeper.growth.messages.tests.builders import mail_server
from shopkeeper.ops.access.tests.builders import shopper
from shopkeeper.ops.jobs import public as jobs
from shopkeeper.selling.shop.tests.builders import open_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

PATIENCE_S = 60


@pytest.fixture
def start(shop_environment):
    """Start workers on this test's database; whatever still runs at the end is killed."""
    started = []

    def start(**more):
        process = subprocess.Popen(
            [sys.executable, "-m", "shopkeeper.wiring.worker"],
            env={**shop_environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def until(true):
    """Wait until something is true, a minute at most."""
    limit = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < limit, "the worker did not get there in time"
        time.sleep(0.1)


def queue_mail(number):
    user_id = shopper(f"reader{number}@example.org")
    now = datetime.now(UTC)
    messages.account_mail(kind=MailKind.PASSWORD_RESET, user_id=user_id, key=f"k{number}", language="en", now=now)


def test_a_worker_does_all_three_kinds_of_work_and_ends_cleanly_when_asked(start):
    open_shop()
    with mail_server() as server:
        worker = start(SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        queue_mail(1)
        with transaction.atomic():
            events.record(OrderPaid(order_id=1, payment_id=1, buyer_id=1, amount_minor=1), at=datetime.now(UTC))
            jobs.defer("tidy", timestamp=0)

        until(lambda: messages.counts()[MailState.SENT] == 1)
        until(lambda: events.backlog().unheard == 0)
        until(lambda: not ProcrastinateJob.objects.filter(task_name="tidy").exists())

    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=PATIENCE_S)

    assert worker.returncode == 0, output.decode()
    assert time.monotonic() - began < 14
    assert len(server.mails) == 1
    assert messages.outgoing(order_id=1).items[0].key == "order:1:paid"


def test_what_a_killed_worker_left_is_taken_up_by_the_next(start):
    open_shop()
    with mail_server() as server:
        server.hangs = True
        first = start(SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        queue_mail(1)
        time.sleep(5)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        assert messages.counts()[MailState.SENT] == 0
        server.hangs = False

        start(SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        until(lambda: messages.counts()[MailState.SENT] == 1)

    assert len(server.mails) == 1


def test_a_worker_loads_no_heavy_library_before_a_job_needs_it(shop_environment):
    heavy = "duckdb", "pyarrow", "fpdf", "xlsxwriter", "sklearn", "lightgbm", "scipy"
    script = (
        "import sys, django; django.setup()\n"
        "import shopkeeper.wiring.worker, shopkeeper.wiring.schedule, shopkeeper.wiring.reactions\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", script], env=shop_environment, capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )

    assert ran.stdout.strip() == "[]"
