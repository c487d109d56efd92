import pytest

from rules.access import Admission, Role, Scope, allows, role_of


@pytest.mark.parametrize("needed", Scope)
def test_a_scope_allows_itself_and_an_admin_everything(needed: Scope) -> None:
    assert allows([needed], needed)
    assert allows([Scope.ADMIN], needed)


@pytest.mark.parametrize("needed", Scope)
def test_no_scope_allows_nothing_and_no_other_scope_allows_it(needed: Scope) -> None:
    assert not allows([], needed)
    assert not allows([scope for scope in Scope if scope not in (needed, Scope.ADMIN)], needed)


def test_each_role_may_do_what_the_weaker_ones_may() -> None:
    for weaker, stronger in ((Role.VIEWER, Role.AGENT), (Role.AGENT, Role.ADMIN)):
        allowed = {role: {scope for scope in Scope if allows(role.scopes, scope)} for role in Role}
        assert allowed[weaker] < allowed[stronger]
    assert [role for role in Role if allows(role.scopes, Scope.ADMIN)] == [Role.ADMIN]
    assert not any(allows(Role.VIEWER.scopes, scope) for scope in Scope if not scope.endswith(":read"))
    assert [role for role in Role if role.has_all_numbers] == [Role.ADMIN]


def test_of_several_roles_the_strongest_holds() -> None:
    roles = {"admins": Role.ADMIN, "desk": Role.AGENT, "guests": Role.VIEWER}
    assert role_of(["guests", "desk", "strangers"], roles) is Role.AGENT
    assert role_of(["desk", "admins", "guests"], roles) is Role.ADMIN
    assert role_of(["strangers"], roles) is None
    assert role_of([], roles) is None


def test_an_address_is_of_a_domain_or_it_is_not() -> None:
    ours = Admission(email_domains=frozenset({"example.com"}))
    assert ours.admits("asha@example.com")
    for other in ("asha@sub.example.com", "asha@example.com.example.org", "asha@notexample.com", "example.com@x", None):
        assert not ours.admits(other)
    assert Admission().admits(None)
    assert not Admission(email_domains=frozenset()).admits("asha@example.com")
