"""Signing in and out, passwords, and one's own profile."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordResetForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from accounts import services
from accounts.middleware import LANGUAGE_COOKIE
from accounts.models import User
from desk import services as desk

PROFILE = ["display_name", "mobile", "digest_at", "away_from_on", "away_until_on", "deputy", "language"]


def next_address(request: HttpRequest, default: str = "/") -> str:
    """Where the form that was sent wants to go next; `default` when that is no address of this site."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if ours else default


def signed_in(request: HttpRequest) -> User:
    """The person behind a request; LoginRequiredMiddleware has sent everybody else away."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class LoginView(auth.LoginView):
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class PasswordChangeView(auth.PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("desk:home")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.password_changed(self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, _("密码已修改"))
        return response


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(auth.PasswordResetView):
    """The answer is the same whether the address is known or not."""

    template_name = "accounts/password_reset.html"
    success_url = reverse_lazy("accounts:password_reset_done")
    form_class = PasswordResetForm

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"]
        for user in User.objects.active().filter(email__iexact=email):
            desk.send_password_link(user, invited=False, by=None, now=timezone.now())
        return redirect(str(self.success_url))


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDoneView(auth.PasswordResetDoneView):
    template_name = "accounts/password_reset_done.html"


@method_decorator(login_not_required, name="dispatch")
class PasswordResetConfirmView(auth.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    success_url = reverse_lazy("accounts:login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.password_changed(form.user)
        messages.success(self.request, _("密码已设置，请登录"))
        return response


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = PROFILE
        widgets = {
            "digest_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "away_from_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "away_until_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class ProfileView(UpdateView[User, ProfileForm]):
    template_name = "accounts/profile.html"
    form_class = ProfileForm
    success_url = reverse_lazy("accounts:profile")

    def get_object(self, queryset: Any = None) -> User:
        return self.request.user  # type: ignore[return-value]

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        services.save_profile(form.instance, form.cleaned_data)
        messages.success(self.request, _("已保存"))
        return redirect("accounts:profile")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, kept in the profile when signed in, else in a cookie."""
    language = User.Language.ENGLISH if request.POST.get("language") == "en" else User.Language.CHINESE
    if isinstance(request.user, User):
        request.user.language = language
        services.save_profile(request.user, ["language"])
    response = redirect(next_address(request))
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response
