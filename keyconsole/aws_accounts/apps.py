from __future__ import annotations

from django.apps import AppConfig


class AwsAccountsConfig(AppConfig):
    name = "keyconsole.aws_accounts"
