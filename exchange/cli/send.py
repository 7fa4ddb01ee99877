"""
``exchange send``: push return decisions to our own internal listener.

Sending a file twice is safe: a decision that is known gets the same answer again. A refusal
does not stop the rest; a decision that screening withholds is an answer, not a failure.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.decisions import Document, read_documents
from exchange.cli.exits import language, said
from exchange.cli.options import Config, Json, our_side, print_json, say, settings_from
from exchange.errors import NotConfigured, Sentence, Unauthenticated, Unreachable

if TYPE_CHECKING:
    from aiohttp import ClientSession

TOKEN_NAME = "send.token"  # noqa: S105  # the name of a file, not a token
AT_ONCE = 16
ATTEMPTS_MAX = 7
PAUSE_FIRST_SECONDS = 0.2
PAUSE_SECONDS_MAX = 5.0
OUTCOMES = {
    "accepted": Sentence("accepted", "aceptadas"),
    "withheld": Sentence("withheld", "excluidas"),
    "refused": Sentence("refused", "rechazadas"),
}
_DECISIONS = Sentence("decisions", "decisiones")
_NO_REASON = Sentence("no reason given", "sin motivo")
_THE_ACT = Sentence("send return decisions", "enviar decisiones de retorno")
AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON or JSON Lines.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help=f"The file with the client's token; without it, {TOKEN_NAME} beside keys/.",
    ),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said to one document."""

    place: str
    outcome: str
    said: Mapping[str, object]


def send(
    files: Files, config: Config = None, *, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Push return decisions to our internal listener, with progress; safe to repeat."""
    settings = settings_from(config)
    our_side(settings.side, "us", _THE_ACT)
    documents = read_documents(files)
    token = read_token(token_file or settings.directory / TOKEN_NAME)
    url = f"http://{settings.listen.internal}"
    with showing_progress(len(documents), _DECISIONS) as advance:
        answers = asyncio.run(push(documents, url, token, advance))
    _summarise(answers, as_json=as_json)
    if any(answer.outcome == "refused" for answer in answers):
        raise typer.Exit(5)


def read_token(file: Path) -> str:
    """
    Return the token that the file has.

    Raises:
        NotConfigured: It cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        wanted = Sentence(
            f"--token-file: {file} cannot be read; `exchange clients add` gives a token",
            f"--token-file: no se puede leer {file}; `exchange clients add` da un token",
        )
        raise NotConfigured([wanted]) from error


async def push(
    documents: list[Document], url: str, token: str, advance: Callable[[], None]
) -> list[Answer]:
    """Return the answer to each of *documents*, in order; several are under way at once."""
    from aiohttp import ClientSession

    gate = asyncio.Semaphore(AT_ONCE)

    async def one(document: Document) -> Answer:
        async with gate:
            answer = await _push_one(session, document)
        advance()
        return answer

    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept-Language": language(),
    }
    async with ClientSession(url, headers=headers) as session:
        return await asyncio.gather(*(one(document) for document in documents))


async def _push_one(session: "ClientSession", document: Document) -> Answer:
    """
    Return the answer to *document*; a service that is busy or restarting is asked again.

    Raises:
        Unauthenticated: The service knows no client with our token.
        Unreachable: The service does not answer.
    """
    from aiohttp import ClientError

    for attempt in range(ATTEMPTS_MAX):
        pause = min(PAUSE_FIRST_SECONDS * 2**attempt, PAUSE_SECONDS_MAX)
        try:
            async with session.post(
                document.path, data=document.octets, headers=_key_of(document)
            ) as response:
                if response.status == HTTPStatus.UNAUTHORIZED:
                    raise Unauthenticated
                if response.status not in AGAIN:
                    said = await response.json(content_type=None)
                    return Answer(document.place, _outcome(response.status, said), said)
                pause = min(float(response.headers.get("Retry-After", pause)), PAUSE_SECONDS_MAX)
        except (ClientError, TimeoutError):
            pass  # the same decision again: the service knows whether it has it
        await asyncio.sleep(pause)
    unanswered = Sentence(
        "our internal listener does not answer: is `exchange serve` running?",
        "nuestro receptor interno no responde: ¿está en marcha `exchange serve`?",
    )
    raise Unreachable(unanswered)


def _key_of(document: Document) -> dict[str, str]:
    return {} if document.key is None else {"Idempotency-Key": document.key}


def _outcome(status: int, said: Mapping[str, object]) -> str:
    if status < HTTPStatus.BAD_REQUEST:
        return "accepted"
    return "withheld" if said.get("code") == "withheld" else "refused"


@contextmanager
def showing_progress(total: int, of: Sentence) -> Iterator[Callable[[], None]]:
    """Show on stderr how many of *total* are answered; give what to call for each."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(said(of), total=total)
        yield lambda: progress.advance(task)


def _summarise(answers: list[Answer], *, as_json: bool) -> None:
    counts = Counter(answer.outcome for answer in answers)
    totals = {name: counts[name] for name in ("accepted", "withheld", "refused")}
    if as_json:
        each = [{"place": a.place, "outcome": a.outcome, "answer": a.said} for a in answers]
        print_json({"sent": len(answers), **totals, "answers": each})
        return
    for answer in answers:
        if answer.outcome != "accepted":
            print(f"{answer.place}: {said(OUTCOMES[answer.outcome])}: {reasons_of(answer.said)}")
    english = ", ".join(f"{count} {name}" for name, count in totals.items())
    spanish = ", ".join(f"{count} {OUTCOMES[name].es}" for name, count in totals.items())
    say(f"{len(answers)} sent: {english}", f"{len(answers)} enviadas: {spanish}")


def reasons_of(answer: Mapping[str, object]) -> str:
    """Return why: the reasons of screening, the faults by pointer, or the problem's title."""
    match answer:
        case {"reasons": [*reasons]}:
            return ", ".join(map(str, reasons))
        case {"faults": [*faults]}:
            return "; ".join(
                " ".join(filter(None, (fault.get("pointer"), fault.get("detail"))))
                for fault in faults
                if isinstance(fault, Mapping)
            )
    return str(answer.get("title") or said(_NO_REASON))
