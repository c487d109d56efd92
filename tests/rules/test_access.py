import pytest

from rules.access import Scope, allows


@pytest.mark.parametrize("needed", Scope)
def test_a_scope_allows_itself_and_an_admin_everything(needed: Scope) -> None:
    assert allows([needed], needed)
    assert allows([Scope.ADMIN], needed)


@pytest.mark.parametrize("needed", Scope)
def test_no_scope_allows_nothing_and_no_other_scope_allows_it(needed: Scope) -> None:
    assert not allows([], needed)
    assert not allows([scope for scope in Scope if scope not in (needed, Scope.ADMIN)], needed)
