"""Staff read a provider's statement in and see what differs."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from shopkeeper.doors.console.tests.builders import Staff
from shopkeeper.selling.payments import models
from shopkeeper.selling.payments.adapters.alipay import out_trade_no
from shopkeeper.selling.payments.adapters.fakes import statement_files as files
from shopkeeper.selling.payments.tests.builders import a_stored_payment


def upload(staff: Staff, data: bytes, *, provider: str = "alipay", name: str = "bill.csv") -> Any:
    return staff.client.post("/console/statements/new/", {"provider": provider, "file": SimpleUploadedFile(name, data)})


def bill() -> bytes:
    """Return a bill with one payment of ours, one of nobody's and one line that cannot be read."""
    a_stored_payment("pay_ours")
    a_stored_payment("pay_untold")
    return files.alipay(
        files.alipay_row("2026112001", out_trade_no("pay_ours"), "16.45", fee="-0.10"),
        files.alipay_row("2026112002", "pay_0stranger", "1.00"),
        files.alipay_row("2026112003", "", "many"),
    )


def test_a_statement_is_read_in_and_its_differences_are_shown_line_by_line(manager: Staff) -> None:
    answer = upload(manager, bill())

    assert answer.status_code == 302
    found = models.Statement.objects.get()
    listed = manager.client.get("/console/statements/").content.decode()
    lines = manager.client.get(f"/console/statement-lines/?statement={found.pk}&outcome=differences").content.decode()
    assert "bill.csv" in listed
    assert "3 differences" in listed
    for text in ("2026112002", "Only in the statement", "Cannot be read", "Only in the shop"):
        assert text in lines
    assert "2026112001" not in lines


def test_the_form_takes_a_file_and_names_each_provider(manager: Staff) -> None:
    page = manager.client.get("/console/statements/new/").content.decode()

    assert 'enctype="multipart/form-data"' in page
    for text in ("Alipay", "WeChat Pay", "Stripe", 'type="file"'):
        assert text in page


def test_a_file_of_another_kind_is_refused_beside_the_field_and_nothing_is_kept(manager: Staff) -> None:
    answer = upload(manager, b"date,amount\n")

    assert answer.status_code == 422
    assert "statement" in answer.content.decode()
    assert upload(manager, b"").status_code == 422
    assert models.Statement.objects.count() == 0


def test_the_same_file_again_is_read_once(manager: Staff) -> None:
    data = bill()

    for name in ("bill.csv", "other.csv"):
        assert upload(manager, data, name=name).status_code == 302

    assert models.Statement.objects.count() == 1


def test_it_can_be_compared_again_when_news_has_come(manager: Staff) -> None:
    upload(manager, files.alipay(files.alipay_row("1", out_trade_no("pay_late"), "16.45")))
    found = models.Statement.objects.get()
    assert found.differences == 1
    a_stored_payment("pay_late")

    manager.client.post("/console/statements/", {"bulk": "compare", "row": [found.pk], "sure": "1"})

    found.refresh_from_db()
    assert found.differences == 0


def test_the_differences_can_be_taken_away_as_a_file(manager: Staff) -> None:
    upload(manager, bill())

    answer = manager.client.get("/console/statement-lines/?outcome=differences&export=csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    assert "2026112002" in text
    assert "2026112001" not in text


def test_a_clerk_reads_no_statement_in(clerk: Staff) -> None:
    answer = upload(clerk, bill())

    assert answer.status_code == 403
    assert models.Statement.objects.count() == 0
