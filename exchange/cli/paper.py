"""
``exchange paper``: the page that tells a person when and where to be, and whether it still holds.

Both sides can draw it and both can check it: each from the messages that it has itself.
"""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer
from typer.core import TyperGroup

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import (
    NO_SUCH_HANDOFF,
    Config,
    Json,
    handoff_id,
    print_json,
    settings_from,
)
from exchange.cli.output import Output, write_output
from exchange.errors import NotFound, Sentence, UsageWrong
from exchange.reports.paper.words import UNREAD, PaperLanguage, language_of

if TYPE_CHECKING:
    from exchange.cli.paper_messages import Record
    from exchange.domain.messages.return_notice import ReturnNotice
    from exchange.reports.paper.contents import Source
    from exchange.settings import Settings

NOT_FOUND: Final = 4
NO_LONGER_HOLDS: Final = 5


class _DrawsByDefault(TyperGroup):
    """Takes what is no command for the handoff of ``draw``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the arguments, ``draw`` put in front where no command is named."""
        names = {*self.commands, "--help"}
        return super().parse_args(ctx, ["draw", *args] if args and args[0] not in names else args)


app = typer.Typer(
    cls=_DrawsByDefault,
    no_args_is_help=True,
    help="The paper that tells a person when and where to be.",
)

_NOT_SAID = Sentence(
    "no notice of this handoff has been sealed or received: there is nothing to print yet",
    "ningún aviso de esta entrega ha sido sellado o recibido: todavía no hay qué imprimir",
)
_ERASED = Sentence(
    "the person's data was erased: nothing can be printed any more",
    "los datos de la persona se borraron: ya no hay qué imprimir",
)
_OVER = Sentence(
    "the handoff was cancelled or its case is closed: nobody is to come",
    "la entrega se canceló o su caso está cerrado: nadie tiene que presentarse",
)
_WAITS = Sentence(
    "a newer notice or a correction waits to be sealed: print it once it is, so that no old date "
    "is handed out",
    "un aviso más nuevo o una corrección espera el sello: imprima después, para no entregar una "
    "fecha anterior",
)
_UNREAD = Sentence(
    "the words in this language have not been read by a native reader: have them read before use",
    "ningún hablante nativo ha revisado los textos en este idioma: que se revisen antes de usarse",
)
_NO_CODE = Sentence(
    "CODE: is not the code of a paper; read it again, character by character",
    "CODE: no es el código de un papel; léalo otra vez, carácter por carácter",
)


@app.command()
def draw(
    handoff: Annotated[str, typer.Argument(metavar="HANDOFF", help="Whose paper, by its id.")],
    config: Config = None,
    *,
    lang: Annotated[
        PaperLanguage | None,
        typer.Option(help="Of the paper; without it, the person's own where it is one of these."),
    ] = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """Draw the person's paper as a one-page PDF; the word `draw` may be left out."""
    from exchange.installation.shipped import shipped_places
    from exchange.reports.paper.contents import make_contents

    settings = settings_from(config)
    now = datetime.now(UTC)
    source, code = _source(_find_record(settings, handoff_id(handoff)))
    language = lang or language_of(source.notice.person.language)
    contents = make_contents(
        source, shipped_places(), language, printed_by=settings.party, printed_at=now
    )
    if as_json:
        print_json({"code": code, **asdict(contents)})
    else:
        from exchange.reports.paper.drawing import draw_paper  # typst: not for JSON

        page = draw_paper(contents, code, printed_at=now)
        write_output(output, lambda file: file.write(page))
    if language in UNREAD:
        sys.stderr.write(f"{language}: {said(_UNREAD)}\n")


@app.command()
def verify(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="What the QR code holds, or its letters typed.")
    ],
    config: Config = None,
    *,
    as_json: Json = False,
) -> None:
    """Say whether a paper's code is current; exit 4 when it is unknown, 5 when it does not hold."""
    from exchange.cli.paper_checks import MEANINGS, Standing, check_code
    from exchange.proof.papers import read_paper_code

    try:
        wanted = read_paper_code(code)
    except ValueError as error:
        raise UsageWrong(_NO_CODE) from error
    standing = check_code(wanted, _find_record(settings_from(config), wanted.handoff))
    if as_json:
        print_json(
            {"standing": standing, "handoff": wanted.handoff, "revision": wanted.revision},
        )
    else:
        print(said(MEANINGS[standing]))
    if standing is not Standing.CURRENT:
        raise typer.Exit(NOT_FOUND if standing is Standing.UNKNOWN else NO_LONGER_HOLDS)


def _find_record(settings: "Settings", handoff: str) -> "Record | None":
    from exchange.cli.paper_messages import find_record
    from exchange.installation.opening import open_bodies

    key = open_bodies(settings)
    return read(settings, lambda connection: find_record(connection, key, handoff))


def _source(record: "Record | None") -> "tuple[Source, str]":
    """
    Return what the paper is drawn from, and its code.

    Raises:
        NotFound: There is no paper to be had: the sentence says why.
    """
    from exchange.proof.papers import make_paper_code
    from exchange.reports.paper.contents import AsSigned, Source

    if record is None:
        raise NotFound(NO_SUCH_HANDOFF)
    if record.erased:
        raise NotFound(_ERASED)
    if record.is_over:
        raise NotFound(_OVER)
    notice, hearing, paper = record.notice, record.hearing, record.paper
    if notice is None or hearing is None or paper is None:
        raise NotFound(_NOT_SAID)
    if record.waits:
        raise NotFound(_WAITS)
    put_right = record.corrections_of(notice, hearing)
    source = Source(
        notice=paper.notice,
        hearing=paper.hearing,
        issuer=hearing.issuer,
        sealed_at=hearing.sealed_at,
        signed=AsSigned(cast("ReturnNotice", notice.body), hearing.hearing, put_right[-1].sealed_at)
        if put_right
        else None,
    )
    code = make_paper_code(record.row.handoff, record.revision, salt=paper.salt)
    return source, code.text
