"""A correction changes what is read of one message, in one place, where it fits."""

import pytest

from exchange.domain.corrections import PutRight, as_corrected, must_be_revised, put_right
from exchange.domain.handoff import Stage
from exchange.domain.messages.catalogue import RECEPTION, RETURN_NOTICE, VISA_ISSUANCE
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.errors import Invalid
from tests.builders import a_correction, a_notice, a_visa_issuance


def test_one_value_reads_otherwise() -> None:
    """Only the member named changes, however deep it stands."""
    notice = a_notice()
    body = put_right(RETURN_NOTICE, notice, a_correction())
    assert isinstance(body, ReturnNotice)
    assert body.person.first_surname == "Núñez Ávila"
    person = body.person.model_copy(update={"first_surname": notice.person.first_surname})
    assert body.model_copy(update={"person": person}) == notice


def test_the_later_of_two_is_read() -> None:
    """Corrections are read in their order; one that does not fit is passed over."""
    document = a_notice().model_dump(mode="json")
    body, values = as_corrected(
        RETURN_NOTICE,
        document,
        [
            a_correction(value="Nunez"),
            a_correction(value="1994-02-28"),
            a_correction(pointer="/body/office", value="TIJ"),
            a_correction(value="Muñoz"),
        ],
    )
    assert isinstance(body, ReturnNotice)
    assert body.person.first_surname == "Muñoz"
    assert values == (PutRight("/body/person/first_surname", "Núñez", "Muñoz", "DOCUMENT_SEEN"),)


def test_what_was_put_back_reads_as_it_was_signed() -> None:
    """A correction that was itself an error, and was put right again, is no difference."""
    document = a_notice().model_dump(mode="json")
    reading = as_corrected(RETURN_NOTICE, document, [a_correction(), a_correction(value="Núñez")])
    assert (reading.body, reading.put_right) == (a_notice(), ())


def test_what_was_taken_out_is_shown_whole() -> None:
    """A document that the person never had is read as null, beside everything that was signed."""
    document = a_notice().model_dump(mode="json")
    taken_out = a_correction(pointer="/body/travel_document", value=None)
    reading = as_corrected(RETURN_NOTICE, document, [taken_out])
    assert [(one.recorded, one.value) for one in reading.put_right] == [
        (document["travel_document"], None)
    ]


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/body/office", "TIJ-02", None),
        ("/body/office", "INM-TIJ-01", ("/value", "unchanged")),
        ("/body/office", "tij", ("/value", "bad-format")),
        ("/body/office", None, ("/value", "wrong-type")),
        ("/body/office/name", "TIJ-02", ("/pointer", "no-such-member")),
        ("/body/office/name/of", "TIJ-02", ("/pointer", "no-such-member")),
        ("/body/person", "TIJ-02", ("/pointer", "no-such-member")),
    ],
)
def test_a_correction_fits_where_it_stands(
    pointer: str, value: str | None, fault: tuple[str, str] | None
) -> None:
    """What the message has no place for, says already or could not say is named."""
    correction = a_correction(pointer=pointer, value=value)
    if fault is None:
        put_right(VISA_ISSUANCE, a_visa_issuance(), correction)
        return
    with pytest.raises(Invalid) as caught:
        put_right(VISA_ISSUANCE, a_visa_issuance(), correction)
    assert [(one.pointer, one.code) for one in caught.value.faults] == [fault]


@pytest.mark.parametrize("stage", Stage)
def test_what_mexico_still_acts_on_is_revised(stage: Stage) -> None:
    """A notice is revised until the person crosses; nothing else ever is."""
    open_stages = {Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED}
    assert must_be_revised(RETURN_NOTICE, stage) == (stage in open_stages)
    assert not must_be_revised(RECEPTION, stage)
