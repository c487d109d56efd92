import pytest

from graph.limits import Limits
from rules.access import Role
from server.settings import Settings, SettingsError, read

WHATSAPP = {
    "MAYCALL_WHATSAPP_ACCESS_TOKEN": "EAAB",
    "MAYCALL_WHATSAPP_APP_SECRET": "secret",
    "MAYCALL_WHATSAPP_VERIFY_TOKEN": "verify",
}


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in (WHATSAPP | {f"MAYCALL_{name}": given[name] for name in given}).items():
        monkeypatch.setenv(name, value)
    return read()


def test_without_anything_but_whatsapps_secrets_all_has_a_sensible_value(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch)
    assert found.database_url == "sqlite+aiosqlite:///var/maycall.db"
    assert (found.broadcast_url, found.sandbox, found.log_level) == ("memory://", False, "INFO")
    assert found.whatsapp_base_url == "https://graph.facebook.com/v26.0"


def test_how_large_an_operation_may_be_is_a_setting_each(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).limits == Limits()
    names = ("DOCUMENT", "TOKENS", "DEPTH", "ALIASES", "ROOT_FIELDS", "MUTATIONS", "PAGE", "COST")
    given = {f"MAX_{name}": str(number) for number, name in enumerate(names, 1)}
    given |= {"POINTS_PER_MINUTE": "9"}
    assert settings(monkeypatch, **given).limits == Limits(1, 2, 3, 4, 5, 6, 7, 8, 9)
    with pytest.raises(SettingsError, match=r"MAYCALL_MAX_DEPTH is wrong"):
        settings(monkeypatch, MAX_DEPTH="0")


def test_addresses_are_tidied_and_a_version_of_ones_own_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, WHATSAPP_BASE_URL="http://127.0.0.1:9/v25.0/", PUBLIC_URL="https://calls.example/")
    assert (found.whatsapp_base_url, found.public_url) == ("http://127.0.0.1:9/v25.0", "https://calls.example")


@pytest.mark.parametrize(
    "url",
    ["redis://", "redis://:secret@redis:6379/3", "rediss://redis", "postgresql://db/x", "postgresql+asyncpg://db/x"],
)
def test_the_broadcaster_may_be_redis_or_postgresql(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert settings(monkeypatch, BROADCAST_URL=url).broadcast_url == url


def test_in_the_sandbox_nothing_of_whatsapp_needs_to_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYCALL_SANDBOX", "true")
    assert read().whatsapp_app_secret == ""


def test_the_sandbox_is_here_or_elsewhere_but_not_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SANDBOX_URL="http://127.0.0.1:8002/sandbox/").has_sandbox
    with pytest.raises(SettingsError) as told:
        settings(monkeypatch, SANDBOX="true")
    assert str(told.value) == (
        "MAYCALL_SANDBOX and MAYCALL_SANDBOX_URL exclude each other: the sandbox is served here, or elsewhere."
    )


def test_everything_that_is_missing_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYCALL_WHATSAPP_APP_SECRET", "")
    monkeypatch.setenv("MAYCALL_WHATSAPP_VERIFY_TOKEN", "verify")
    with pytest.raises(SettingsError) as told:
        read()
    assert str(told.value) == (
        "MAYCALL_WHATSAPP_ACCESS_TOKEN, MAYCALL_WHATSAPP_APP_SECRET must be set: take them from your app in Meta's"
        " dashboard, or try Maycall without WhatsApp by MAYCALL_SANDBOX=true."
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://db", "it must begin with sqlite:/// or postgresql://."),
        ("DATABASE_URL", "nonsense", "it must be an address like sqlite:///var/maycall.db or postgresql://…."),
        ("BROADCAST_URL", "kafka://k", "it must begin with memory://, redis://, rediss:// or postgresql://."),
        ("BROADCAST_URL", "localhost", "it must begin with memory://, redis://, rediss:// or postgresql://."),
        ("BROADCAST_URL", "redis://r:port", "it must be an address like redis://localhost:6379/0 or postgresql://…."),
        (
            "BROADCAST_URL",
            "postgresql://p:port",
            "it must be an address like redis://localhost:6379/0 or postgresql://….",
        ),
        ("WHATSAPP_BASE_URL", "graph.facebook.com", "it must be an address that begins with http:// or https://."),
        ("PUBLIC_URL", "https://", "it must be an address that begins with http:// or https://."),
        ("LOG_LEVEL", "LOUD", "it must be DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        ("SANDBOX", "perhaps", "input should be a valid boolean, unable to interpret input."),
        ("BOOTSTRAP_TOKEN", "short", "string should have at least 8 characters."),
        ("WHATSAPP_PATIENCE_SECONDS", "0", "input should be greater than 0."),
        ("WHATSAPP_PATIENCE_SECONDS", "61", "input should be less than or equal to 60."),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence_that_says_which(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as told:
        settings(monkeypatch, **{name: value})
    assert str(told.value) == f"MAYCALL_{name} is wrong: {sentence}"


def test_each_wrong_setting_has_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as told:
        settings(monkeypatch, LOG_LEVEL="LOUD", BOOTSTRAP_TOKEN="short")
    assert [line.split(" ")[0] for line in str(told.value).splitlines()] == [
        "MAYCALL_BOOTSTRAP_TOKEN",
        "MAYCALL_LOG_LEVEL",
    ]


OIDC = {
    "OIDC_ISSUER": "https://login.example.com",
    "OIDC_CLIENT_ID": "maycall",
    "OIDC_CLIENT_SECRET": "secret",
    "PUBLIC_URL": "https://calls.example",
}


def test_a_provider_is_read_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"OIDC_ROLE_CLAIM": "groups", "OIDC_ROLES": " admins=admin, cn=desk=agent,", "OIDC_DEFAULT_ROLE": "Viewer"}
    found = settings(monkeypatch, **OIDC, **given, OIDC_EMAIL_DOMAINS="Example.com, @example.org")
    assert found.oidc_issuer == "https://login.example.com"
    assert found.oidc_roles == {"admins": Role.ADMIN, "cn=desk": Role.AGENT}
    assert found.oidc_default_role is Role.VIEWER
    assert found.oidc_email_domains == ["example.com", "example.org"]
    found = settings(monkeypatch, OIDC_ROLES='{"cn=admins,dc=example": "admin"}')
    assert found.oidc_roles == {"cn=admins,dc=example": Role.ADMIN}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"OIDC_CLIENT_ID": "maycall"},
            "MAYCALL_OIDC_CLIENT_ID without MAYCALL_OIDC_ISSUER: set the address of the provider that people know.",
        ),
        (
            {"OIDC_ISSUER": "https://login.example.com", "OIDC_CLIENT_ID": "maycall"},
            (
                "MAYCALL_OIDC_CLIENT_SECRET, MAYCALL_PUBLIC_URL must be set with MAYCALL_OIDC_ISSUER: register Maycall"
                " at the provider as a web application with the redirect address MAYCALL_PUBLIC_URL/sign-in/callback."
            ),
        ),
        (
            {"OIDC_ISSUER": "login.example.com"},
            (
                "MAYCALL_OIDC_ISSUER is wrong: it must be an address that begins with https://, such as"
                " https://accounts.google.com."
            ),
        ),
        (
            OIDC | {"OIDC_ROLE_CLAIM": "groups"},
            "MAYCALL_OIDC_ROLE_CLAIM and MAYCALL_OIDC_ROLES need each other: groups, and admins=admin,desk=agent.",
        ),
        (
            OIDC | {"OIDC_ROLE_CLAIM": "groups", "OIDC_ROLES": "admins=boss"},
            "MAYCALL_OIDC_ROLES is wrong: 'boss' is no role: there are admin, agent, viewer.",
        ),
        (
            OIDC | {"OIDC_ROLE_CLAIM": "groups", "OIDC_ROLES": "admins"},
            "MAYCALL_OIDC_ROLES is wrong: write who has which role as in admins=admin,desk=agent.",
        ),
        (
            OIDC | {"OIDC_DEFAULT_ROLE": "viewer"},
            (
                "MAYCALL_OIDC_DEFAULT_ROLE lets in whoever the provider knows: say whose e-mail addresses in"
                " MAYCALL_OIDC_EMAIL_DOMAINS, such as example.com, or * for everybody's."
            ),
        ),
        (
            OIDC | {"OIDC_SCOPES": "email"},
            "MAYCALL_OIDC_SCOPES must have openid among them, such as openid email profile groups.",
        ),
    ],
)
def test_nobody_comes_in_because_something_about_the_provider_is_missing_or_wrong(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError) as told:
        settings(monkeypatch, **given)
    assert str(told.value) == sentence
