"""The table of moves."""

from itertools import product

from exchange.domain.stages import (
    MOVES,
    Act,
    LocalStage,
    Move,
    Stage,
    code_of,
    draw_stages,
    is_in_place,
)

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
    to_accepted = {move.act for move in MOVES if move.to is Stage.ACCEPTED}
    assert to_accepted == {Act.ACCEPTANCE, Act.NOTICE}


def test_nothing_said_undoes_what_was_seen() -> None:
    """From received or documented no notice, cancellation or answer leads away."""
    said = (Act.NOTICE, Act.CANCELLATION, Act.ACCEPTANCE, Act.REFUSAL, Act.DEFERRAL)
    for move in MOVES:
        if move.stage in (Stage.RECEIVED, Stage.NOT_RECEIVED, Stage.DOCUMENTED):
            assert move.act not in said or move.to is move.stage


def test_each_act_has_one_speaker() -> None:
    """The US side announces and takes back; everything else is Mexico's to say."""
    assert {act for act in Act if act.speaker == "us"} == {Act.NOTICE, Act.CANCELLATION}


def test_the_drawing_names_everything() -> None:
    """The text has a line for each stage and says what each code and US-local stage is."""
    drawing = draw_stages()
    for stage in Stage:
        assert f"\n{stage:<12} | " in drawing
    for word in (*LocalStage, "unknown-subject", "superseded", "out-of-place", "repeat"):
        assert word in drawing


def test_the_drawing_leads_where_the_table_leads() -> None:
    """A few cells read by eye are the rows that hold."""
    assert Move(Stage.ACCEPTED, Act.RECEPTION, Stage.RECEIVED, None) in MOVES
    assert Move(Stage.CANCELLED, Act.RECEPTION, Stage.RECEIVED, "out-of-place") in MOVES
    assert Move(Stage.CANCELLED, Act.NOTICE, Stage.CANCELLED, "superseded") in MOVES
    assert Move(Stage.UNANNOUNCED, Act.CANCELLATION, Stage.CANCELLED, "unknown-subject") in MOVES
    assert Move(Stage.ACCEPTED, Act.ACCEPTANCE, Stage.NOTICED, "out-of-place") in MOVES
