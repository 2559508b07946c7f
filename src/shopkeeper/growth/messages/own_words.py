"""The words that come with the program, for every letter: what goes out as long as the shop has published none of its own.

Called inside the reader's language; the translations stand in `locale/`, so a newer program brings better words by itself.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shopkeeper.growth.messages.shapes import MailKind, Words


class _Holes(dict[str, str]):
    """Puts the placeholder where a sentence has a value: `%(number)s` becomes `{number}`."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


HOLES = _Holes()


def of(kind: MailKind) -> Words:
    """Return the program's own words for a letter, in the language that is on."""
    return _WORDS[kind]()


def _text(*parts: str) -> str:
    return "\n\n".join(parts)


def _of_order(*, subject: str, preview: str, heading: str, body: str, closing: str = "") -> Words:
    return Words(
        subject=subject % HOLES,
        preview=preview % HOLES,
        heading=heading % HOLES,
        greeting=_("Dear %(name)s,") % HOLES,
        body=body % HOLES,
        button=pgettext("mail", "See your order"),
        closing=closing or _("The link is yours alone: whoever has it sees your order."),
    )


def _of_account(*, subject: str, preview: str, heading: str, body: str, button: str, closing: str) -> Words:
    return Words(
        subject=subject % HOLES, preview=preview % HOLES, heading=heading, greeting=_("Hello,"), body=body % HOLES, button=button,
        closing=closing,
    )  # fmt: skip


def _placed() -> Words:
    return _of_order(
        subject=_("We have your order %(number)s"),
        preview=_("%(total)s, placed on %(day)s. We write again when the parcel leaves."),
        heading=_("Thank you for your order"),
        body=_text(
            _("Your order %(number)s has arrived and your goods are set aside. Here is what you ordered."),
            "{lines}",
            "{totals}",
            "{address}",
        ),
        closing=_text(
            _("You can change your mind after the goods have come. [How to withdraw and send goods back](%(returns_link)s)") % HOLES,
            _("The link is yours alone: whoever has it sees your order."),
        ),
    )


def _paid() -> Words:
    return _of_order(
        subject=_("Payment received for order %(number)s"),
        preview=_("%(total)s received. The invoice is attached."),
        heading=_("Your payment has arrived"),
        body=_text(
            _("We have received %(total)s for your order %(number)s. The invoice is attached to this mail."),
            _("Next we pack your goods. You get the tracking number as soon as the parcel leaves."),
            "{totals}",
        ),
    )


def _shipped() -> Words:
    return _of_order(
        subject=_("Your parcel is on its way (order %(number)s)"),
        preview="{carrier} {tracking_number}",
        heading=_("Your parcel is on its way"),
        body=_text(
            _("A parcel with the goods below left us on %(day)s and is on its way to you."),
            "{still_to_come}",
            "{lines}",
            "{parcel}",
            "{address}",
        ),
    )


def _delivered() -> Words:
    return _of_order(
        subject=_("Your parcel has arrived (order %(number)s)"),
        preview=_("Is everything there and whole? If not, just answer this mail."),
        heading=_("Your parcel has arrived"),
        body=_text(
            _("The parcel with the goods below has arrived. We hope you enjoy them."),
            _("Is something missing or damaged? Just answer this mail and we put it right."),
            "{lines}",
            "{parcel}",
        ),
        closing=_text(
            _("Changed your mind? [How to withdraw and send goods back](%(returns_link)s)") % HOLES,
            _("The link is yours alone: whoever has it sees your order."),
        ),
    )


def _cancelled() -> Words:
    return _of_order(
        subject=_("Order %(number)s is cancelled"),
        preview="{money_back}",
        heading=_("Your order is cancelled"),
        body=_text("{reason}", "{money_back}", "{lines}", "{totals}"),
    )


def _refunded() -> Words:
    return _of_order(
        subject=_("We have refunded %(total)s (order %(number)s)"),
        preview=_("The money goes back the way you paid."),
        heading=_("Your money is on its way back"),
        body=_text(
            _("We have refunded %(total)s for your order %(number)s. It goes back the way you paid, which may take a few days."),
            "{lines}",
            "{totals}",
        ),
    )


def _review_request() -> Words:
    return Words(
        subject=_("What do you think of your order %(number)s?") % HOLES,
        preview=_("A few words help others choose, good or bad."),
        heading=_("How are your goods?"),
        greeting=_("Dear %(name)s,") % HOLES,
        body=_text(
            _("By now you know the goods of your order %(number)s better than we do. Would you tell others what you think of them?")
            % HOLES,
            _("Every honest word helps, praise or criticism; we hide nothing because it is bad."),
            "{lines}",
        ),
        button=pgettext("mail", "Write a review"),
        closing=_("We ask once for each order. [Never ask me for reviews again](%(unsubscribe_link)s)") % HOLES,
    )


def _wait_asked() -> Words:
    return Words(
        subject=_("When %(product)s is back") % HOLES,
        preview="{next_step}",
        heading=_("Shall we tell you when it is back?"),
        greeting=_("Hello,"),
        body=_text(_("Somebody, probably you, wants to be told when **%(product)s** is here again.") % HOLES, "{next_step}"),
        button=pgettext("mail", "Confirm or withdraw"),
        closing=_("If it was not you, do nothing: without your word we write no more."),
    )


def _back_in_stock() -> Words:
    return Words(
        subject=_("%(product)s is back") % HOLES,
        preview=_("You asked us to tell you."),
        heading=_("It is back"),
        greeting=_("Hello,"),
        body=_text(
            _("You asked us to tell you when **%(product)s** is here again: now it is.") % HOLES,
            _("We cannot set it aside for you; whoever orders first gets it."),
        ),
        button=pgettext("mail", "See it in the shop"),
        closing=_("This is the one mail you asked for. [No more mails of this kind](%(unsubscribe_link)s)") % HOLES,
    )


def _invitation() -> Words:
    return _of_account(
        subject=_("Join the staff of %(shop)s"),
        preview="{invitation}",
        heading=pgettext("mail", "You are invited"),
        body=_text(
            "{invitation}",
            _("Follow the link, enter your name and choose a password. The invitation is good until %(day)s and can be used once."),
        ),
        button=pgettext("mail", "Accept the invitation"),
        closing=_("If you do not know what this is about, do nothing: without you nothing happens."),
    )


def _password_reset() -> Words:
    return _of_account(
        subject=_("A new password for %(shop)s"),
        preview=_("The link is good for two hours."),
        heading=pgettext("mail", "Choose a new password"),
        body=_("Somebody, probably you, asked for a new password for your account. The link is good for two hours and works once."),
        button=pgettext("mail", "Choose a new password"),
        closing=_("If you did not ask for it, do nothing: your password stays as it is."),
    )


def _joining() -> Words:
    return _of_account(
        subject=_("Confirm your address for %(shop)s"),
        preview=_("One more step and your account is open."),
        heading=pgettext("mail", "One more step"),
        body=_("Follow the link and choose a password: then your account with %(shop)s is open. The link is good for two days."),
        button=pgettext("mail", "Open my account"),
        closing=_("If you did not register with us, do nothing: we forget your address within a week."),
    )


def _known_already() -> Words:
    return _of_account(
        subject=_("You have an account with %(shop)s already"),
        preview=_("You can simply sign in."),
        heading=_("You have an account already"),
        body=_text(
            _("Somebody, probably you, tried to register with your address. There is an account already: you can simply sign in."),
            _("Forgotten the password? The link below sets a new one; it is good for two hours."),
        ),
        button=pgettext("mail", "Choose a new password"),
        closing=_("If it was not you, do nothing: whoever tried has learnt nothing."),
    )


def _sign_in_code() -> Words:
    return _of_account(
        subject=_("%(code)s is your code for %(shop)s"),
        preview=_("It is good for ten minutes and works once."),
        heading=pgettext("mail", "Your code"),
        body=_text(
            _("Enter this code on the page that asked for it:"),
            "**{code}**",
            _("It is good for ten minutes and works once. A newer code ends this one."),
        ),
        button=pgettext("mail", "Enter the code"),
        closing=_("We never ask you for this code. If you did not want to sign in, do nothing: without the code nobody enters."),
    )


_WORDS: dict[MailKind, Callable[[], Words]] = {
    MailKind.PLACED: _placed,
    MailKind.PAID: _paid,
    MailKind.SHIPPED: _shipped,
    MailKind.DELIVERED: _delivered,
    MailKind.CANCELLED: _cancelled,
    MailKind.REFUNDED: _refunded,
    MailKind.REVIEW_REQUEST: _review_request,
    MailKind.WAIT_ASKED: _wait_asked,
    MailKind.BACK_IN_STOCK: _back_in_stock,
    MailKind.INVITATION: _invitation,
    MailKind.PASSWORD_RESET: _password_reset,
    MailKind.JOINING: _joining,
    MailKind.KNOWN_ALREADY: _known_already,
    MailKind.SIGN_IN_CODE: _sign_in_code,
}
