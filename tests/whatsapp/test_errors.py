import pytest

from rules.permission import Status
from rules.refusals import (
    CallingDisabled,
    CallInProgress,
    CallLimitReached,
    CustomerUnreachable,
    MessagingWindowClosed,
    NumberRestricted,
    PermissionAlreadyPermanent,
    PermissionMissing,
    Refusal,
    RefusedByWhatsApp,
    RequestLimitReached,
    TemplateUnavailable,
    WhatsAppUnavailable,
)
from whatsapp.errors import ABOUT_NUMBER, ALARMING, TEMPLATE_TROUBLE, TRANSIENT, Code, MetaError, code_of, refusal

MEANINGS: list[tuple[int, Refusal]] = [
    (138000, CallingDisabled()),
    (138001, CustomerUnreachable()),
    (138002, CallLimitReached()),
    (138003, CallInProgress()),
    (138005, CallLimitReached()),
    (138009, RequestLimitReached()),
    (138012, CallLimitReached()),
    (138013, CallingDisabled()),
    (138014, NumberRestricted()),
    (138017, PermissionAlreadyPermanent()),
    (131026, CustomerUnreachable()),
    (131030, CustomerUnreachable()),
    (131047, MessagingWindowClosed()),
    (100, RefusedByWhatsApp(100, "The SDP is invalid.")),
    (190, RefusedByWhatsApp(190, "The SDP is invalid.")),
    (131049, RefusedByWhatsApp(131049, "The SDP is invalid.")),
    *(
        (code, RefusedByWhatsApp(code, "The SDP is invalid."))
        for code in (0, 3, 10, 368, 131005, 131031, 131042, 131044, 131048, 131055, 131064, 132000, 132005, 132012)
    ),
    *(
        (code, TemplateUnavailable("WhatsApp does not take this template (The SDP is invalid.)."))
        for code in (132001, 132007, 132015, 132016)
    ),
    *(
        (code, WhatsAppUnavailable())
        for code in (1, 2, 4, 613, 80007, 130429, 131000, 131016, 131056, 131057, 135000, 138004, 138007)
    ),
]


@pytest.mark.parametrize(("code", "meaning"), MEANINGS, ids=[str(code) for code, _ in MEANINGS])
def test_each_error_of_meta_is_told_as_one_of_our_refusals(code: int, meaning: Refusal) -> None:
    assert refusal(MetaError(code, "Invalid parameter", "The SDP is invalid.")) == meaning


@pytest.mark.parametrize("status", list(Status))
def test_no_permission_at_whatsapp_tells_what_we_had_believed(status: Status) -> None:
    assert refusal(MetaError(138006, "No approved call permission", ""), status) == PermissionMissing(status)


def test_every_error_that_has_a_name_has_a_meaning_of_its_own() -> None:
    tested = {code for code, _ in MEANINGS} | {138006}
    assert {code.value for code in Code} <= tested


def test_an_error_without_details_is_told_by_its_message() -> None:
    assert refusal(MetaError(131009, "Parameter value is not valid", "")) == RefusedByWhatsApp(
        131009, "Parameter value is not valid"
    )
    assert str(MetaError(135000, "Generic user error", "")) == "135000: Generic user error"
    assert str(MetaError(100, "Invalid parameter", "The SDP is invalid.")) == "100: The SDP is invalid."


def test_what_is_transient_needs_nobody_and_what_is_alarming_does_not_pass_by_itself() -> None:
    assert not TRANSIENT & (ALARMING | ABOUT_NUMBER | TEMPLATE_TROUBLE)
    assert not ALARMING & (ABOUT_NUMBER | TEMPLATE_TROUBLE)
    assert {isinstance(refusal(MetaError(code, "", "no")), WhatsAppUnavailable) for code in TRANSIENT} == {True}
    assert {refusal(MetaError(code, "", "no")) for code in ALARMING} == {
        RefusedByWhatsApp(code, "no") for code in ALARMING
    }


def test_the_code_of_an_error_is_found_in_its_words_again() -> None:
    assert code_of(str(MetaError(131042, "Payment issue", "No card: none at all"))) == 131042
    assert code_of("Out of order: 12") is None
