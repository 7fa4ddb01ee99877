"""What was measured, as JSON for programs and as text beside what was aimed at."""

from collections.abc import Iterator
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.commands import (
    LOOK_SECONDS_AIM,
    MEMORY_MB_AIM,
    REPORT_SECONDS_AIM,
    Commands,
    Cost,
)
from bench.compared import Compared
from bench.measures import Growth, Measured, UnderPolicy
from bench.runs import Run
from bench.sides import POLICIES
from bench.urgent import Urgent

RATIO_AIMS = {"es256": 2.5, "hybrid": 1.5}
WRITTEN_KB_AIM = 100
ROUNDS_AIM, RANGE_OCTETS_AIM, COMPARED_SECONDS_AIM = 4, 16_384, 0.5
DEMO_SECONDS_AIM, READY_SECONDS_AIM, IDLE_MB_AIM, GROWTH_AIM = 15, 1.5, 120, 1.15


def as_json(measured: Measured) -> dict[str, Any]:
    """Return every figure, by name."""
    return {
        "machine": measured.machine,
        "file_system": measured.file_system,
        "seconds": round(measured.seconds, 1),
        "ready_seconds": round(measured.ready_seconds, 3),
        "demo_seconds": measured.demo_seconds and round(measured.demo_seconds, 1),
        "growth": measured.growth and _growth(measured.growth),
        "commands": measured.commands and asdict(measured.commands),
        "compared": measured.compared and asdict(measured.compared),
        "urgent": measured.urgent and _urgent(measured.urgent),
        "policies": {policy: _policy(one) for policy, one in measured.policies.items()},
    }


def _growth(growth: Growth) -> dict[str, Any]:
    return {
        "entries": growth.entries,
        "small_cpu_us": _rounded(growth.small),
        "large_cpu_us": _rounded(growth.large),
        "ratio": round(growth.ratio, 3),
    }


def _urgent(urgent: Urgent) -> dict[str, Any]:
    return {
        "waiting": urgent.waiting,
        "delivery_seconds": round(urgent.delivery_seconds, 4),
        "bound_seconds": round(urgent.bound_seconds, 4),
        "worst_seconds": round(urgent.worst_seconds, 4),
        "after_its_tick_seconds": {
            name: sorted(round(one.after_its_tick, 4) for one in held)
            for name, held in (("alone", urgent.alone), ("queued", urgent.queued))
        },
    }


def _policy(one: UnderPolicy) -> dict[str, Any]:
    run, floor = one.peak, one.floor
    return {
        "peak": _run(run),
        "half_of_peak": _run(one.half),
        "one_at_a_time": _run(one.one_by_one),
        "floor_us": {"us": round(floor.us, 1), "mx": round(floor.mx, 1)},
        "ratio": {
            "us": round(run.cpu("us") / floor.us, 2),
            "mx": round(run.cpu("mx") / floor.mx, 2),
        },
        "floor_parts": [
            {"part": part.name, "us": round(part.microseconds, 1), "times": [part.us, part.mx]}
            for part in floor.parts
        ],
        "idle_mb": {side: round(mb, 1) for side, mb in one.memory.idle.items()},
        "peak_mb": {side: round(mb, 1) for side, mb in one.memory.highest.items()},
    }


def _run(run: Run) -> dict[str, Any]:
    batch, receipts = run.batch, run.lines_per_receipt
    return {
        "handoffs": run.handoffs,
        "seconds": round(run.seconds, 2),
        "per_second": round(run.per_second, 1),
        "cpu_us": {"us": round(run.cpu("us")), "mx": round(run.cpu("mx"))},
        "driver_cpu_us": round(run.driver_cpu_seconds / run.handoffs * 1e6),
        "kilobytes_written": round(run.kilobytes_written, 1),
        "lines_per_request": [round(batch.notices, 1), round(batch.answers, 1)],
        "lines_per_receipt": [round(receipts.notices, 1), round(receipts.answers, 1)],
        "latency_ms": {"p50": round(run.latency_ms(0.5), 2), "p99": round(run.latency_ms(0.99), 2)},
    }


def _rounded(values: tuple[float, ...]) -> list[int]:
    return [round(value) for value in values]


def as_text(measured: Measured) -> str:
    """Return every figure in words, with the aim beside it where there is one."""
    return "\n".join(_lines(measured))


def _lines(measured: Measured) -> Iterator[str]:
    yield measured.machine
    yield f"working directories on {measured.file_system}; SQLite, synchronous=FULL"
    for policy, one in measured.policies.items():
        yield ""
        yield f"Messages under {POLICIES[policy]}"
        yield from map(_row, _policy_rows(policy, one))
    yield ""
    yield from map(_row, _other_rows(measured))


Row = tuple[str, str, str]
"""What, how much, and what was aimed at."""


def _row(row: Row) -> str:
    what, found, aim = row
    return f"  {what:<42} {found:<34} {aim}".rstrip()


def _policy_rows(policy: str, one: UnderPolicy) -> Iterator[Row]:
    run, floor = one.peak, one.floor
    ours, theirs = run.cpu("us") / floor.us, run.cpu("mx") / floor.mx
    yield "handoffs a second", f"{run.per_second:.0f}", ""
    yield "lines a request, notices and answers", _two(run.batch.notices, run.batch.answers), ""
    receipts = run.lines_per_receipt
    yield "lines a receipt, notices and answers", _two(receipts.notices, receipts.answers), ""
    yield "CPU a handoff, us and mx", f"{run.cpu('us'):.0f} + {run.cpu('mx'):.0f} µs", ""
    yield "floor, us and mx", f"{floor.us:.0f} + {floor.mx:.0f} µs", ""
    yield "times its floor, us", f"{ours:.2f}", _aim(RATIO_AIMS[policy], ours)
    yield "times its floor, mx", f"{theirs:.2f}", ""
    written_aim = _aim(WRITTEN_KB_AIM, run.kilobytes_written, " KB") if policy == "es256" else ""
    yield "written a handoff, both sides", f"{run.kilobytes_written:.0f} KB", written_aim
    for name, some in (("half of peak", one.half), ("one at a time", one.one_by_one)):
        latency = f"p50 {some.latency_ms(0.5):.1f}, p99 {some.latency_ms(0.99):.1f} ms"
        yield f"intake to verified receipt, {name}", latency, ""
    idle = max(one.memory.idle.values())
    yield "memory idle, us and mx", _both(one.memory.idle), _aim(IDLE_MB_AIM, idle, " MB")
    yield "memory at its highest, us and mx", _both(one.memory.highest), ""
    driver = run.driver_cpu_seconds / run.handoffs * 1e6
    yield "the driver's own CPU a handoff", f"{driver:.0f} µs (not counted above)", ""


def _other_rows(measured: Measured) -> Iterator[Row]:
    ready, demo = measured.ready_seconds, measured.demo_seconds
    yield "start to ready, median", f"{ready:.2f} s", _aim(READY_SECONDS_AIM, ready, " s")
    yield (
        "the demo, 240 decisions",
        "did not end well" if demo is None else f"{demo:.1f} s",
        _aim(DEMO_SECONDS_AIM, demo or float("inf"), " s"),
    )
    if measured.growth is not None:
        yield _growth_row(measured.growth)
    if measured.urgent is not None:
        yield from _urgent_rows(measured.urgent)
    if measured.commands is not None:
        yield from _command_rows(measured.commands)
    if measured.compared is not None:
        yield from _compared_rows(measured.compared)
    yield "the whole bench", f"{measured.seconds:.0f} s", ""


def _growth_row(growth: Growth) -> Row:
    small, large = growth.entries
    return (
        f"cost at {large:,} ledger entries to {small:,}",
        f"{growth.ratio:.2f} (median of {len(growth.small)})",
        _aim(GROWTH_AIM, growth.ratio),
    )


def _urgent_rows(urgent: Urgent) -> Iterator[Row]:
    waiting, alone, queued = urgent.waiting[0], urgent.alone, urgent.queued
    bound, worst = urgent.bound_seconds, urgent.worst_seconds
    yield "holds alone, and in a queue", f"{len(alone)} and {len(queued)}; {waiting:,} waited", ""
    delivery = _two_ms(urgent.delivery_seconds, max(one.after_its_tick for one in alone))
    yield "cancelled after its tick, alone", delivery, ""
    queued_ms = [one.after_its_tick for one in queued]
    yield "cancelled after its tick, in a queue", _two_ms(median(queued_ms), max(queued_ms)), ""
    yield "hold to verified receipt, in a queue", f"at most {worst:.3f} s", _aim_s(bound, worst)


def _command_rows(commands: Commands) -> Iterator[Row]:
    handoffs, look, report = commands.handoffs, commands.look, commands.report
    for name, cost in (("first", commands.first_look), ("again", look)):
        aim = _aim(LOOK_SECONDS_AIM, cost.seconds, " s")
        yield f"{handoffs:,} handoffs by every rule, {name}", _cost(cost), aim
    yield "its memory at the highest", f"{look.megabytes:.0f} MB", _megabytes(look)
    aim = _aim(REPORT_SECONDS_AIM, report.seconds, " s")
    yield f"report of a month of {commands.month:,}", _cost(report), aim
    yield "its memory at the highest", f"{report.megabytes:.0f} MB", _megabytes(report)


def _compared_rows(compared: Compared) -> Iterator[Row]:
    found = "found" if compared.found else "NOT FOUND"
    yield (
        f"{compared.differences} differences of {compared.messages:,} messages",
        f"{found} in {compared.rounds} rounds",
        _aim(ROUNDS_AIM, compared.rounds if compared.found else float("inf")),
    )
    octets = compared.octets
    yield "octets of ranges for that", f"{octets:,}", _aim(RANGE_OCTETS_AIM, octets)
    seconds = max(compared.cpu_seconds.values())
    each = ", ".join(f"{side} {cost:.2f}" for side, cost in compared.cpu_seconds.items())
    yield "seconds of CPU a side for that", each, _aim(COMPARED_SECONDS_AIM, seconds, " s")


def _cost(cost: Cost) -> str:
    return f"{cost.seconds:.1f} s, {cost.cpu_seconds:.1f} s of CPU"


def _megabytes(cost: Cost) -> str:
    return _aim(MEMORY_MB_AIM, cost.megabytes, " MB")


def _aim_s(aim: float, found: float) -> str:
    return f"aim {aim:.3f} s (a tick and two deliveries): {'met' if found <= aim else 'missed'}"


def _two_ms(middle: float, highest: float) -> str:
    return f"p50 {middle * 1000:.0f}, at most {highest * 1000:.0f} ms"


def _aim(aim: float, found: float, unit: str = "") -> str:
    return f"aim {aim}{unit}: {'met' if found <= aim else 'missed'}"


def _two(first: float, second: float) -> str:
    return f"{first:.1f} and {second:.1f}"


def _both(of: dict[str, float]) -> str:
    return f"{of['us']:.0f} + {of['mx']:.0f} MB"
