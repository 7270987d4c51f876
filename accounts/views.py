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
from django.utils.translation import gettext_lazy as _
from django.views.generic import UpdateView

from accounts import services
from accounts.models import User
from desk import services as desk

PROFILE = ["display_name", "mobile", "digest_at", "away_from_on", "away_until_on", "deputy"]


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
