"""The promises about log lines and headers, each with a change that breaks it."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

SECRETS = "keyconsole/logs/secrets.py"
ABOUT = "keyconsole/logs/about.py"
FORMATS = "keyconsole/logs/formats.py"
REQUESTS = "keyconsole/web/request_log.py"
HEADERS = "keyconsole/web/headers.py"
OF_SECRETS = "tests/logs/test_secrets.py"
OF_REQUESTS = "tests/web/test_request_log.py"
OF_HEADERS = "tests/web/test_headers.py"

HARDENING = (
    Mutation(
        "a secret that the process has read stands in a line",
        SECRETS,
        "text = text.replace(secret, HIDDEN)",
        "text = text.replace(secret, secret)",
        (f"{OF_SECRETS}::test_a_secret_of_the_environment_is_hidden_as_it_is_and_as_an_address_holds_it",),
    ),
    Mutation(
        "a line holds the query of an address",
        SECRETS,
        'f"?{HIDDEN}"',
        'r"\\g<0>"',
        (f"{OF_SECRETS}::test_what_looks_like_a_secret_is_hidden",),
    ),
    Mutation(
        "the JSON of a line holds what others hang onto it",
        FORMATS,
        'told = {**getattr(record, "facts", {}), **message_dict}',
        "told = {**record.__dict__, **message_dict}",
        ("tests/logs/test_formats.py::test_nothing_is_written_of_what_others_hang_onto_a_line",),
    ),
    Mutation(
        "the address of what broke stands in the log",
        ABOUT,
        "record.getMessage().replace(written, pattern)",
        "record.getMessage()",
        (f"{OF_REQUESTS}::test_what_broke_is_found_by_the_id_that_the_page_shows",),
    ),
    Mutation(
        "anybody chooses the id of their request",
        REQUESTS,
        "if settings.KEYCONSOLE_BEHIND_PROXY and _WELL_FORMED.fullmatch(given):",
        "if _WELL_FORMED.fullmatch(given):",
        (f"{OF_REQUESTS}::test_without_a_proxy_nobody_names_a_request",),
    ),
    Mutation(
        "an id of a request may be anything",
        REQUESTS,
        "and _WELL_FORMED.fullmatch(given):",
        "and given:",
        (f"{OF_REQUESTS}::test_what_is_not_well_formed_names_nothing",),
    ),
    Mutation(
        "a line of the log names the address and not its route",
        REQUESTS,
        'method, route = request.method or "", _route(request)',
        'method, route = request.method or "", request.get_full_path()',
        (
            "tests/logs/test_never_a_secret.py::test_no_form_and_no_address_leaves_a_secret_in_the_log",
            f"{OF_REQUESTS}::test_so_has_what_no_page_answers",
        ),
    ),
    Mutation(
        "other sites may load what is answered",
        HEADERS,
        'response.headers["Cross-Origin-Resource-Policy"] = "same-origin"',
        'response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"',
        (f"{OF_HEADERS}::test_whatever_is_answered_stays_in_its_own_window_and_its_own_origin",),
    ),
)
