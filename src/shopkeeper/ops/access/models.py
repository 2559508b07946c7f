"""People who can sign in: staff and shoppers with an account share one table; roles tell them apart."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shopkeeper.ops.access.shapes import Role

ROLES = [(role.value, role.value) for role in Role]


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
    role = models.CharField(max_length=10, choices=ROLES, blank=True, default="")
    must_change_password = models.BooleanField(default=False)
    is_confirmed = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="access_user_email"),
            models.CheckConstraint(condition=Q(role__in=["", *Role]), name="access_user_role_known"),
            models.CheckConstraint(condition=Q(is_confirmed=True) | Q(is_active=False), name="access_unconfirmed_cannot_sign_in"),
            models.CheckConstraint(condition=~Q(role="") | Q(is_staff=False), name="access_staff_have_a_role"),
        )
        indexes = (models.Index(fields=["role"], name="access_staff", condition=~Q(role="")),)


class Invitation(models.Model):
    """An invitation to join the staff: open until accepted, withdrawn or expired. The link's secret is signed, not stored."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=ROLES)
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
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="access_invitation_role_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("invited_at")), name="access_invitation_expires_later"),
            models.CheckConstraint(condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="access_invitation_ends_once"),
            models.UniqueConstraint(
                Lower("email"), condition=Q(accepted_at=None, withdrawn_at=None), name="access_one_open_invitation_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"
