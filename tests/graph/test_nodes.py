from graph import ids
from graph.nodes import readable_kinds


def test_every_kind_of_id_can_be_read_again() -> None:
    assert readable_kinds() == set(ids.KINDS)
