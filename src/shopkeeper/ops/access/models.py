"""People who can sign in: staff and shoppers with an account share one table; roles tell them apart."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

ROLE_CODE = r"^(owner|manager|clerk|own-[0-9]+)$"
"""A built-in role, or one of the shop's own by its number."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user who signs in by mail address; a missing password can never be matched."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractUser):
    """`role` empty: a shopper. `is_confirmed` False: the address was entered to register, its owner has not confirmed it yet."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(max_length=254, unique=True)
    language = models.CharField(max_length=10, default="en")
    role = models.CharField(max_length=20, blank=True, default="")
    must_change_password = models.BooleanField(default=False)
    is_confirmed = models.BooleanField(default=True)
    session_generation = models.PositiveIntegerField(default=0)
    """Counts up where every session of this person ends at once: it is part of what each session is checked against."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="access_user_email"),
            models.CheckConstraint(condition=Q(role="") | Q(role__regex=ROLE_CODE), name="access_user_role_known"),
            models.CheckConstraint(condition=Q(is_confirmed=True) | Q(is_active=False), name="access_unconfirmed_cannot_sign_in"),
            models.CheckConstraint(condition=~Q(role="") | Q(is_staff=False), name="access_staff_have_a_role"),
        )
        indexes = (models.Index(fields=["role"], name="access_staff", condition=~Q(role="")),)

    def get_session_auth_hash(self) -> str:
        """Return what every session of this person must carry: it changes with the password and with `session_generation`."""
        return self._session_mark(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same for the secret keys used before."""
        for key in settings.SECRET_KEY_FALLBACKS:
            yield self._session_mark(key)

    def _session_mark(self, secret: str | bytes) -> str:
        # For the first generation this is Django's own mark, so that nobody is signed out by the step from it to ours.
        told = f"{self.password}:{self.session_generation}" if self.session_generation else self.password
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, told, secret=secret, algorithm="sha256").hexdigest()


class Asked(models.Model):
    """Somebody entered an address to register (`joining`) or for a new password (`reset`); gone once its owner was written to.

    Written for every address alike, so that the answer costs the same whatever is behind it. `next_try_at`: when it is to be taken up.
    """

    kind = models.CharField(max_length=10)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(kind__in=("joining", "reset")), name="access_asked_kind_known"),)


class OwnRole(models.Model):
    """A role the shop made for itself: a name in both languages and the acts it includes. People carry it as `own-<id>`."""

    name_en = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40, blank=True)
    acts = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name_en"), name="access_one_role_per_name"),)

    def __str__(self) -> str:
        return f"own-{self.pk}"


class Rule(models.Model):
    """What the owner ruled about signing in: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    grace_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="access_rule_is_one"),
            models.CheckConstraint(condition=Q(grace_days__lte=60), name="access_grace_within_reason"),
        )

    def __str__(self) -> str:
        return "rule"


class FactorUse(models.Model):
    """How a member of staff uses the second factor; the factor itself is kept by allauth, encrypted.

    `last_step` is the last thirty seconds whose code was taken: a code is taken once, and never one from before. `failures` are counted
    from `failing_since`. `asked_at`: since when the person is asked to set one up.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="+")
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"factor use {self.pk}"


class StaffSession(models.Model):
    """One place where a member of staff is signed in; never the address of the machine. `factor_at`: the second factor was given."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    session_key = models.CharField(max_length=40)
    browser = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    factor_at = models.DateTimeField(null=True)
    later_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["user", "-seen_at"], name="access_sessions_of"),)

    def __str__(self) -> str:
        return f"session {self.pk}"


class Invitation(models.Model):
    """An invitation to join the staff: open until accepted, withdrawn or expired. The link's secret is signed, not stored."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    nonce = models.CharField(max_length=40)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(role__regex=ROLE_CODE), name="access_invitation_role_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("invited_at")), name="access_invitation_expires_later"),
            models.CheckConstraint(condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="access_invitation_ends_once"),
            models.UniqueConstraint(
                Lower("email"), condition=Q(accepted_at=None, withdrawn_at=None), name="access_one_open_invitation_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"
