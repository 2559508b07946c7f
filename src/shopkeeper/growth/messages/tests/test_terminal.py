from io import StringIO

from django.core.mail import EmailMultiAlternatives

from shopkeeper.growth.messages.terminal import EmailBackend


def test_a_mail_on_the_terminal_is_readable_and_its_attachments_are_only_named():
    stream = StringIO()
    text = "Hello Ann\nhttps://shop.example/en/orders/x/"
    mail = EmailMultiAlternatives("Your order 订单", text, "shop@example.com", ["ann@example.com"])
    mail.attach_alternative("<p>Hello Ann</p>", "text/html")
    mail.attach("invoice.pdf", b"%PDF-1.7 ...", "application/pdf")

    EmailBackend(stream=stream).send_messages([mail])

    written = stream.getvalue()
    assert "To: ann@example.com" in written
    assert "Subject: Your order 订单" in written
    assert "https://shop.example/en/orders/x/" in written
    assert "[invoice.pdf]" in written
    assert "<p>" not in written
    assert "base64" not in written
