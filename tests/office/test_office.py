"""An office keeps its identity, and numbers its feed in commit order."""

from __future__ import annotations

from watmos_office.office import Office, head, take_numbers


def test_numbers_have_no_gaps_and_a_rollback_gives_them_back(office: Office) -> None:
    with office.writing() as connection:
        assert take_numbers(connection, 3) == 1
    try:
        with office.writing() as connection:
            assert take_numbers(connection, 5) == 4
            raise LookupError
    except LookupError:
        pass
    with office.writing() as connection:
        assert take_numbers(connection, 1) == 4
    with office.reading() as connection:
        assert head(connection) == 4


def test_an_office_is_the_same_when_opened_again(office: Office) -> None:
    twin = Office(office.engine.url.render_as_string(hide_password=False), office.home, clock=office.clock)
    assert (twin.epoch, twin.cursor_key) == (office.epoch, office.cursor_key)
    twin.close()
