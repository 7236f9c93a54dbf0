"""Every address: the pages, logging in, and a sign of life."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path

from ransel.hospital import gate
from ransel.hospital.pages import errors, front

urlpatterns = [
    path("healthy/", front.healthy, name="healthy"),
    path("language/", front.language, name="language"),
    path("demo/", front.demo, name="demo"),
    path("demo/clock/", front.demo_clock, name="demo_clock"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", front.password_change, name="account_change_password"),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/second-factor/", mfa.index, name="mfa_index"),
    path("account/second-factor/code/", mfa.authenticate, name="mfa_authenticate"),
    path("account/second-factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/second-factor/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-factor/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-factor/recovery/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    *gate.patterns(),
]
handler400 = errors.bad
handler403 = errors.forbidden
handler404 = errors.missing
handler500 = errors.broken
