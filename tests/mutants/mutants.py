"""The mutants: what a hurried hand might do to sync or to the office, and the tests that have to notice.

Each is a small change of text in a copy of the source; the first eleven are those of sync.md, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

_S = "watmos_desktop/services/sync"
_O = "watmos_office"


@dataclass(frozen=True)
class Mutant:
    """One mutant. ``changes``: (file, what stands there once, what stands there instead)."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]


_OUTSIDE = """    with connection.engine.begin() as other:  # numbers of their own, as a sequence gives them
        return int(other.execute(raised).scalar_one()) - count + 1
"""

MUTANTS = (
    Mutant(
        "numbers of the feed from a plain sequence",
        (
            (
                f"{_O}/office.py",
                "    return int(connection.execute(raised).scalar_one()) - count + 1\n",
                _OUTSIDE,
            ),
        ),
        ("tests/office/test_feed_concurrency.py::test_no_reader_passes_a_row_that_is_still_to_come",),
    ),
    Mutant(
        "rows of finished transactions only, with a sequence as cursor",
        (
            (
                f"{_O}/office.py",
                "    return int(connection.execute(raised).scalar_one()) - count + 1\n",
                _OUTSIDE,
            ),
            (
                f"{_O}/pull.py",
                "SELECT seq, tbl, rid, present FROM row_bucket o\n",
                "SELECT seq, tbl, rid, present FROM (SELECT * FROM row_bucket\n"
                "            WHERE CAST(CAST(xmin AS text) AS bigint)"
                " < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)) o\n",
            ),
        ),
        ("tests/office/test_feed_concurrency.py::test_a_pull_passes_no_row_that_is_still_to_come",),
    ),
    Mutant(
        "the cursor is saved before the rows",
        (
            (
                f"{_S}/incoming.py",
                "    kept = replace(kept, cursor=cursor)\n    return _without",
                "    kept = replace(kept, cursor=cursor)\n    with store.apply() as connection:\n"
                "        memory.write(connection, kept)\n    return _without",
            ),
        ),
        ("tests/sync/test_crash.py::test_a_sync_that_dies_anywhere_is_taken_up_again",),
    ),
    Mutant(
        "the office answers before it has saved",
        (
            (
                f"{_O}/push.py",
                "    work.write()\n    if before",
                "    connection.commit()\n    with office.writing() as later:\n"
                "        work.connection = work.batch._connection = later\n        work.write()\n    if before",
            ),
        ),
        ("tests/office/test_push_crash.py",),
    ),
    Mutant(
        "an answer to the whole request takes every operation off the queue",
        (
            (
                f"{_S}/outgoing.py",
                '        if one.op["id"] not in results:\n            break\n'
                '        done.append((one, *results[one.op["id"]]))\n',
                '        done.append((one, *results.get(one.op["id"], ("applied", ""))))\n',
            ),
        ),
        ("tests/sync/test_outgoing.py",),
    ),
    Mutant(
        "a refusal (403) empties the queue",
        (
            (
                f"{_S}/engine.py",
                '            if refusal.code == "wipe":\n',
                "            if refusal.status == 403:\n                with store.apply() as connection:\n"
                '                    connection.exec_driver_sql("DELETE FROM outbox")\n'
                '            if refusal.code == "wipe":\n',
            ),
        ),
        ("tests/sync/test_outgoing.py",),
    ),
    Mutant(
        "what was answered is forgotten at once",
        (
            (f"{_S}/outgoing.py", "if isinstance(durable, int) and durable > 0:", "if True:"),
            (f"{_S}/outgoing.py", '"DELETE FROM sent WHERE n <= ?", (durable,)', '"DELETE FROM sent"'),
        ),
        ("tests/sync/test_lives.py::test_an_office_that_was_restored_is_healed_by_its_devices",),
    ),
    Mutant(
        "a push carries its device past what others wrote",
        (
            (
                f"{_O}/push.py",
                "after < newest and pull.holds_news(connection, caller, after)",
                "after < 0",
            ),
        ),
        ("tests/office/test_push.py::test_who_wrote_alone_is_carried_on_and_nobody_else",),
    ),
    Mutant(
        "a push carries its device past what came of a conflict",
        ((f"{_O}/batch.py", " or not all(map(self._echo, self._echoes))", ""),),
        ("tests/office/test_push.py::test_who_wrote_alone_is_carried_on_and_nobody_else",),
    ),
    Mutant(
        "nobody looks for forks",
        (
            (
                f"{_O}/push.py",
                "        if request.prev_hash != stream.hash:\n            raise _Forked\n",
                "",
            ),
            (
                f"{_O}/push.py",
                "        if request.hashes[stream.last_n - request.first_n] != stream.hash:\n"
                "            raise _Forked\n",
                "",
            ),
            (
                f"{_O}/push.py",
                "        if item.id not in known or known[item.id].hash != item.content:\n"
                "            raise _Forked\n",
                "        pass\n",
            ),
            (f"{_O}/hello.py", '        return "rewound"\n', '        return ""\n'),
            (f"{_O}/hello.py", '        return "forked"\n', '        return ""\n'),
        ),
        (
            "tests/office/test_push.py::test_a_copy_of_a_device_is_found_and_told",
            "tests/office/test_hello.py::test_a_copy_and_a_restore_are_found_out",
        ),
    ),
    Mutant(
        "forks are looked for by number alone",
        (
            (f"{_O}/push.py", "request.prev_hash != stream.hash", "request.first_n < 1"),
            (
                f"{_O}/push.py",
                "request.hashes[stream.last_n - request.first_n] != stream.hash",
                "request.first_n < 1",
            ),
            (
                f"{_O}/hello.py",
                "stream.last_n == said.last_n and stream.hash != said.hash",
                "stream.last_n < 0",
            ),
            (f"{_S}/lives.py", "        if ours != digest:\n", "        if ours is None:\n"),
        ),
        ("tests/office/test_push.py::test_a_copy_of_a_device_is_found_and_told",),
    ),
    Mutant(
        "a stamp from the future counts as it is",
        ((f"{_S}/merge.py", "ahead = op.stamp[:_WALL] > latest[:_WALL]", "ahead = False"),),
        ("tests/sync/test_merge.py::test_a_stamp_from_the_future_counts_as_the_latest_allowed",),
    ),
    Mutant(
        "clocks decide what is a conflict",
        (
            (
                f"{_S}/merge.py",
                "covers = self._covers(current, base, self._claimed(register))",
                "covers = self.stamp > current",
            ),
        ),
        ("tests/sync/test_merge.py::test_no_written_value_is_lost_whatever_the_clocks_say",),
    ),
    Mutant(
        "a writer who had not seen all is not sent the rest",
        (
            (
                f"{_S}/merge.py",
                "frozenset(self.settled), exact and self.sees_all)",
                "frozenset(self.settled), exact)",
            ),
        ),
        ("tests/sync/test_merge.py",),
    ),
    Mutant(
        "columns of a group are sent one by one",
        (
            (
                "watmos_desktop/services/capture.py",
                "sent |= {one: to_json(getattr(row, one)) for one in register.columns}",
                "sent[name] = to_json(getattr(row, name))",
            ),
        ),
        ("tests/sync/test_capture.py::test_a_group_is_sent_whole_and_the_history_says_what_changed",),
    ),
    Mutant(
        "columns of a group are merged one by one",
        (
            (
                f"{_S}/merge.py",
                "register = registers.register_of(self.op.table, name)\n            if",
                "register = registers.Register(name, (name,), Kind.LWW, name)\n            if",
            ),
        ),
        ("tests/sync/test_merge.py::test_a_group_is_one_register",),
    ),
    Mutant(
        "what is taken away goes with the work that waits on it",
        (
            (f"{_S}/placing.py", "[key for key in keys if key not in self._pending]", "list(keys)"),
            (
                f"{_S}/engine.py",
                "                    self._push(ready)\n                    if not self._has_read():\n"
                "                        self._read()\n",
                "                    self._read()\n                    self._push(ready)\n",
            ),
        ),
        ("tests/sync/test_scope.py::test_what_is_gone_goes_unless_work_on_it_waits",),
    ),
    Mutant(
        "writes past the capture are let through",
        (
            (
                "watmos_desktop/services/capture.py",
                "    if left or connection.exec_driver_sql",
                "    if False and connection.exec_driver_sql",
            ),
        ),
        ("tests/services/test_store.py",),
    ),
    Mutant(
        "the office gives a receipt for bytes that are not the photo",
        (
            (
                f"{_O}/blobs.py",
                "if len(data) != wanted.size or hashlib.sha256(data).hexdigest() != wanted.sha256:",
                "if len(data) != wanted.size:",
            ),
        ),
        (
            "tests/office/test_blobs.py::test_chunks_that_are_not_the_photo_are_let_go_and_the_right_ones_taken",
        ),
    ),
    Mutant(
        "a device believes any receipt",
        (
            (
                f"{_S}/photos.py",
                '(receipt.get("sha256"), receipt.get("size")) != (sha256, size)',
                'receipt.get("size") != size',
            ),
        ),
        ("tests/sync/test_photos.py::test_a_receipt_holds_only_with_the_office_s_own_signature",),
    ),
    Mutant(
        "an exclusion does not beat a name on a case",
        (
            (
                f"{_O}/grants.py",
                'given["named"] | given["opened"]) - given["barred"])',
                'given["named"] | given["opened"]))',
            ),
        ),
        ("tests/office/test_grants.py::test_a_case_reaches_who_is_named_and_never_who_is_barred",),
    ),
    Mutant(
        "cases come to a device that nobody has confirmed",
        ((f"{_O}/access.py", "confirmed = row.cases_at is not None", "confirmed = True"),),
        (
            "tests/office/test_confirming.py::test_who_makes_a_code_for_a_colleague_reads_nothing_of_their_cases",
        ),
    ),
    Mutant(
        "who made the code confirms the device",
        ((f"{_O}/confirming.py", "if row.code_by == caller.member_id:", "if row.code_by is Ellipsis:"),),
        (
            "tests/office/test_confirming.py::test_who_made_the_code_and_who_is_not_of_the_case_confirm_nothing",
        ),
    ),
    Mutant(
        "what somebody wrote of a concern comes to who joined in their name",
        ((f"{_O}/grants.py", "if confirmed and policy.may(", "if policy.may("),),
        (
            "tests/office/test_works_rights.py"
            "::test_a_word_of_concern_comes_to_no_device_that_nobody_has_confirmed",
        ),
    ),
    Mutant(
        "a list of authorities needs no signature",
        ((f"{_S}/trust.py", "        and _by_the_office(client.identity.office_key, said)\n", ""),),
        ("tests/sync/test_trust.py::test_a_device_follows_to_a_new_authority_and_to_nothing_else",),
    ),
    Mutant(
        "a word of concern lies with its visit",
        ((f"{_S}/lying.py", "return table == CONCERNS and (", "return table is None and ("),),
        (
            "tests/office/test_works_rights.py::test_a_word_of_concern_is_for_who_wrote_it_and_the_guardians_of_its_place",
        ),
    ),
    Mutant(
        "what a copy of the device wrote counts as seen",
        (
            (
                f"{_S}/merge.py",
                'return base >= claimed if base else self.op.kind == "insert"',
                "return True",
            ),
        ),
        ("tests/sync/test_merge.py::test_the_word_of_a_copy_that_nobody_had_told_apart_is_kept",),
    ),
    Mutant(
        "the projection lets one column through",
        (
            (
                f"{_O}/projection.py",
                "if policy.may_see(person, table, name))\n    # What",
                'if policy.may_see(person, table, name) or name == "access_notes")\n    # What',
            ),
        ),
        ("tests/office/test_projection.py::test_the_columns_are_those_that_the_policy_allows_and_no_others",),
    ),
    Mutant(
        "of an action only the bad part is held",
        (
            (
                f"{_O}/applying.py",
                "    for item in action:\n        item.status",
                "    for item in [wrong] if wrong else action:\n        item.status",
            ),
        ),
        ("tests/office/test_push.py::test_an_action_is_taken_whole_or_not_at_all",),
    ),
    Mutant(
        "what lost is not kept",
        (
            (
                f"{_O}/applying.py",
                "            if outcome.losses:\n                me =",
                "            if False:\n                me =",
            ),
        ),
        ("tests/office/test_push.py::test_two_who_wrote_at_once_leave_a_conflict_where_the_record_lies",),
    ),
    Mutant(
        "a deletion swallows an edit that it had not seen",
        (
            (
                f"{_S}/merge.py",
                "unseen = {} if self.deleted else self._unseen()",
                "unseen: dict[str, str] = {}",
            ),
        ),
        ("tests/sync/test_merge.py::test_deletion_against_an_unseen_edit_ends_alike_in_both_orders",),
    ),
    Mutant(
        "after the office was restored nothing is offered again",
        (
            (
                f"{_S}/lives.py",
                "        outgoing.offer_again(connection)\n        sweeping",
                "        sweeping",
            ),
        ),
        ("tests/sync/test_lives.py::test_an_office_that_was_restored_is_healed_by_its_devices",),
    ),
    Mutant(
        "too much gone at once is believed",
        ((f"{_S}/incoming.py", "    if len(going) <= BRAKE_ROWS:\n", "    if len(going) >= 0:\n"),),
        ("tests/sync/test_scope.py::test_too_much_gone_at_once_is_not_believed",),
    ),
    Mutant(
        "an order to wipe needs no signature",
        (
            (
                f"{_S}/wiping.py",
                "    except (KeyError, NotBase64, ValueError, InvalidSignature):\n        return False\n",
                "    except (KeyError, NotBase64, ValueError, InvalidSignature):\n        return True\n",
            ),
        ),
        ("tests/sync/test_crash.py::test_an_order_that_the_office_did_not_sign_is_not_obeyed",),
    ),
    Mutant(
        "a refresh token works twice",
        (
            (
                f"{_O}/tokens.py",
                "if used is None or not _came_to_nothing(connection, used.family, digest):",
                "if used is None:",
            ),
        ),
        ("tests/office/test_tokens.py::test_a_refresh_used_twice_ends_the_family",),
    ),
    Mutant(
        "a page that was cut short counts",
        (
            (f"{_S}/pages.py", '    if page.count != lines[-1]["rows"]:\n', "    if False:\n"),
            (
                f"{_S}/pages.py",
                '    if not body.endswith(b"\\n"):\n        raise Malformed("a page that was cut short")\n',
                "",
            ),
        ),
        ("tests/sync/test_wire.py",),
    ),
    Mutant(
        "who reads anew is not sent what was deleted under a conflict",
        (
            (
                f"{_S}/engine.py",
                "incoming.ask(store, client, owners.wanted(store, self._kept))",
                "self._kept",
            ),
        ),
        ("tests/sync/test_scope.py::test_a_conflict_about_a_deletion_comes_with_what_was_deleted",),
    ),
)
