"""The merge of an edit by who was looking at the row as it is: nearly all edits, in a fifth of the steps (merge.py)."""

from __future__ import annotations

from watmos_desktop.services.stamps import tag
from watmos_desktop.services.sync import registers
from watmos_desktop.services.sync.registers import CLAIMED, INSERTED, NEWEST, OTHERS, Kind
from watmos_desktop.services.sync.rowstate import UNMERGED, Outcome, RowState
from watmos_desktop.services.sync.wire import Op


def continued(row: RowState, op: Op) -> Outcome | None:
    """What ``merge.Merging`` would give, if the sender had seen all of the row and writes plain fields later than all.

    None where there is anything to weigh: a clash, a clock that is behind, a group, a guard, a set, a deletion.
    """
    stamps, stamp, newest = row.stamps, op.stamp, row.newest
    if op.kind != "update" or row.deleted or CLAIMED in stamps or stamp <= newest:
        return None
    theirs = tag(newest) != tag(stamp)
    others = newest if theirs else stamps.get(OTHERS, "")
    if not others <= op.base.get(NEWEST, "") <= newest:
        return None
    said = {name: value for name, value in op.set.items() if name != "id"}
    if not said or not said.keys().isdisjoint(UNMERGED):
        return None
    first = stamps.get(INSERTED, "")
    for name in said:
        register = registers.register_of(op.table, name)
        if register.kind is not Kind.LWW or len(register.columns) > 1:
            return None
        current = stamps.get(name, first)
        if op.base.get(name, "") != current or stamp <= current:
            return None
    after = {**stamps, **dict.fromkeys(said, stamp), NEWEST: stamp}
    if theirs:
        after[OTHERS] = newest
    return Outcome(RowState({**row.data, **said}, after, deleted=False, newest=stamp), echo=True)
