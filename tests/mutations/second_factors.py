"""What second factors promise: a code counts once, a stranger's clock little, the last factor stays."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

TOTP = "keyconsole/people/factors/totp.py"
REMOVE = "keyconsole/people/factors/remove.py"
ENCRYPTION = "keyconsole/people/factors/encryption.py"
CREDENTIAL = "keyconsole/web/factors/credential.py"
OF_TOTP = ("tests/people/factors/test_totp.py",)
OF_REMOVE = ("tests/people/factors/test_add_and_remove.py",)

SECOND_FACTORS = (
    Mutation(
        "a code counts again",
        TOTP,
        "TotpStep.objects.filter(factor=factor, step__lt=step).update(step=step)",
        "TotpStep.objects.filter(factor=factor, step__lte=step).update(step=step)",
        (f"{OF_TOTP[0]}::test_a_code_counts_once_also_after_the_half_minute_of_its_own",),
    ),
    Mutation(
        "a clock that is two steps off is right",
        TOTP,
        "TOLERATED_STEPS = 1",
        "TOLERATED_STEPS = 2",
        (f"{OF_TOTP[0]}::test_one_step_of_skew_is_tolerated_and_two_are_not",),
    ),
    Mutation(
        "the code of the set-up signs in",
        "keyconsole/people/factors/add.py",
        "            mark_used(factor, step)\n",
        "",
        (f"{OF_TOTP[0]}::test_the_code_of_the_set_up_does_not_sign_in",),
    ),
    Mutation(
        "the last factor goes while the password is short",
        REMOVE,
        "return Verdict() if others.exists() else may_stand_alone(factor.user)",
        "return Verdict()",
        OF_REMOVE,
    ),
    Mutation(
        "a password that nobody measured counts as long",
        "keyconsole/people/factors/password_rules.py",
        "return PasswordLength.objects.filter(person=person, is_long=True).exists()",
        "return not PasswordLength.objects.filter(person=person, is_long=False).exists()",
        OF_REMOVE,
    ),
    Mutation(
        "secrets stand in the clear",
        ENCRYPTION,
        "return cipher_for(_PURPOSE).encrypt(text.encode()).decode()",
        "return text",
        ("tests/people/factors/test_encryption.py",),
    ),
    Mutation(
        "a made-up passkey ends in an error page",
        CREDENTIAL,
        "except (RecursionError, ValidationError):",
        "except ValidationError:",
        ("tests/web/factors/test_passkeys.py",),
    ),
)
