"""The table of moves."""

from itertools import product

from exchange.domain.parties import Side
from exchange.domain.stages import (
    MOVES,
    Act,
    Move,
    Stage,
    code_of,
    is_in_place,
)

ANSWERED = (Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED)
CODES = {None, "superseded", "unknown-subject", "out-of-place"}


def test_the_table_answers_every_act_in_every_stage() -> None:
    """No stage leaves an act without a row, and no row stands twice."""
    assert {(move.stage, move.act) for move in MOVES} == set(product(Stage, Act))
    assert len(set(MOVES)) == len(MOVES)
    assert {move.code for move in MOVES} == CODES


def test_the_code_is_that_of_the_first_row() -> None:
    """Where an act has several rows in a stage, the first is what it does on its own."""
    for stage, act in product(Stage, Act):
        first = next(move for move in MOVES if (move.stage, move.act) == (stage, act))
        assert code_of(stage, act) == first.code
        assert is_in_place(stage, act) == (first.code is None)


def test_silence_leads_nowhere() -> None:
    """Only an acceptance, or the notice whose acceptance came first, leads to accepted."""
    to_accepted = {
        move.act
        for move in MOVES
        if move.to is Stage.ACCEPTED and (move.to is not move.stage or move.act is Act.ACCEPTANCE)
    }
    assert to_accepted == {Act.ACCEPTANCE, Act.NOTICE}


def test_nothing_said_undoes_what_was_seen() -> None:
    """From received or documented no notice, cancellation or answer leads away."""
    said = (Act.NOTICE, Act.CANCELLATION, Act.ACCEPTANCE, Act.REFUSAL, Act.DEFERRAL)
    before = (Stage.UNANNOUNCED, Stage.NOTICED, Stage.CANCELLED, *ANSWERED)
    for move in MOVES:
        if move.stage not in before:
            assert move.act not in said or move.to is move.stage


def test_nothing_leads_out_of_a_closed_case() -> None:
    """What is said of the leg afterwards changes no stage, and a person must look at most of it."""
    rows = [move for move in MOVES if move.stage is Stage.CLOSED]
    assert {move.to for move in rows} == {Stage.CLOSED}
    assert {move.act for move in rows if move.code is None} == {
        Act.VISA_CHANGE, Act.EXIT, Act.DELIVERY, Act.VERIFICATION, Act.CONFIRMATION,
        Act.CORRECTION, Act.ALERT,
    }  # fmt: skip


def test_a_case_ends_anywhere_but_between_the_two() -> None:
    """A closure is in place unless someone was accepted or is under way, or nothing is known."""
    odd = {stage for stage in Stage if not is_in_place(stage, Act.CLOSURE)}
    assert odd == {Stage.UNANNOUNCED, Stage.ACCEPTED, Stage.DEPARTED, Stage.CLOSED}


def test_only_who_was_accepted_departs() -> None:
    """A departure is in place from accepted alone; a reception also without it."""
    assert [stage for stage in Stage if is_in_place(stage, Act.DEPARTURE)] == [Stage.ACCEPTED]
    assert is_in_place(Stage.DEPARTED, Act.RECEPTION)
    assert is_in_place(Stage.ACCEPTED, Act.RECEPTION)


def test_each_act_has_one_speaker() -> None:
    """The act's speaker is that of its message type; a correction or an alert is either's."""
    assert {act for act in Act if act.speaker is Side.US} == {
        Act.NOTICE, Act.CANCELLATION, Act.DEPARTURE, Act.HEARING, Act.CONFIRMATION,
        Act.PRESENTATION, Act.NON_PRESENTATION, Act.CLOSURE,
    }  # fmt: skip
    assert {act for act in Act if act.speaker is None} == {Act.CORRECTION, Act.ALERT}


def test_the_drawing_leads_where_the_table_leads() -> None:
    """A few cells read by eye are the rows that hold."""
    assert Move(Stage.ACCEPTED, Act.RECEPTION, Stage.RECEIVED, None) in MOVES
    assert Move(Stage.CANCELLED, Act.RECEPTION, Stage.RECEIVED, "out-of-place") in MOVES
    assert Move(Stage.CANCELLED, Act.NOTICE, Stage.CANCELLED, "superseded") in MOVES
    assert Move(Stage.UNANNOUNCED, Act.CANCELLATION, Stage.CANCELLED, "unknown-subject") in MOVES
    assert Move(Stage.ACCEPTED, Act.ACCEPTANCE, Stage.NOTICED, "out-of-place") in MOVES
    assert Move(Stage.CANCELLED, Act.DEPARTURE, Stage.DEPARTED, "out-of-place") in MOVES
    assert Move(Stage.DEPARTED, Act.CANCELLATION, Stage.DEPARTED, "out-of-place") in MOVES
    assert Move(Stage.DOCUMENTED, Act.PRESENTATION, Stage.PRESENTED, None) in MOVES
    assert Move(Stage.NOTICED, Act.EXIT, Stage.NOTICED, "out-of-place") in MOVES
    assert Move(Stage.CLOSED, Act.HEARING, Stage.CLOSED, "out-of-place") in MOVES
