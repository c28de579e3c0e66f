"""Several files as one record: what each holds, what was used of it, and the years that all cover."""

from itertools import pairwise

from . import joining
from . import parts as one_file
from .archives import File
from .lines import Span, flagged, listed
from .parts import Contradiction, EmptyTable, Options, Part


def read(files: list[File], given: Options) -> tuple[Part, list[tuple], list[str]]:
    """The files as one, the account of the lines of each, and what to warn of.

    Raises
    ------
    ValueError
        When none can be read, or they do not go together; when one that the reader named cannot be read.
    """
    found, account, empty, notes = _each(files, given)
    if not found:
        reasons = [f"{name}: {reason}" for name, *_, reason, _ in account]
        raise ValueError(f"None of the {len(files)} files holds a table or a register: {listed(reasons)}")
    _refuse_unspread(files, found, given)
    _refuse_unlike(found)
    record, used, more = _joined(found, given.country == "all", empty)
    for part in found:
        account += [(part.name, *entry) for entry in (used[part.name], *part.entries)]
    order = {file.name: at for at, file in enumerate(files)}
    return record, sorted(account, key=lambda entry: order[entry[0]]), [*notes, *more]


def _each(files: list[File], given: Options) -> tuple[list[Part], list[tuple], set[tuple], list[str]]:
    """What each file holds; the account of those that hold nothing, whose empty tables they are, and warnings."""
    if sum(not file.aside for file in files) > 1:
        # "all" is then said of the files together, and other files may have the volumes of a register by deal.
        country = None if given.country == "all" else given.country
        given = given._replace(country=country, allocate=given.allocate or "even")
    found: list[Part] = []
    account, empty, notes = [], set(), []
    seen: dict[bytes, str] = {}
    for file in files:
        reason, loud = file.aside, False
        if not reason and file.content in seen:
            reason = f"the same content as {seen[file.content]}"
        if not reason:
            seen[file.content] = file.name
            try:
                found.append(one_file.read(file, given))
                continue
            except EmptyTable as error:
                reason = _reason(error, file)
                empty.add((error.of, error.country))
            except ValueError as error:
                if file.named or isinstance(error, Contradiction):
                    raise
                reason, loud = _reason(error, file), True
                notes.append(f"{file.name} was set aside: {reason}")
        account.append((file.name, *Span(1, file.content.count(b"\n") + 1, "set aside", 0, reason, loud)))
    for part in found:
        notes += [f"{part.name}: {note}" for note in part.found.get("warnings", [])]
        notes += flagged(part.entries, f"{part.name}, ")
    return found, account, empty, notes


def _reason(error: ValueError, file: File) -> str:
    """What was wrong with a file, without its name, which stands beside."""
    return str(error).removeprefix(file.name).removeprefix(":").strip()


def _refuse_unspread(files: list[File], found: list[Part], given: Options) -> None:
    """Refuse registers by deal where no other file has volumes per year, unless the reader asked to spread them."""
    deals = {part.name for part in found if part.by_deal and part.found["transfers"] is not None}
    if deals and given.allocate is None and not any(_yearly(part) for part in found):
        one_file.read(next(file for file in files if file.name in deals), given)  # says the ways out


def _yearly(part: Part) -> bool:
    """Whether a file has volumes per year, and not only those of deals spread over years."""
    found = part.found
    return not part.by_deal and (found.get("transfers") is not None or found.get("totals") is not None)


def _refuse_unlike(parts: list[Part]) -> None:
    """Refuse files of two releases, invented numbers beside real ones, and two forms of register."""
    first = parts[0]
    for part in parts[1:]:
        if part.source != first.source:
            raise ValueError(
                f"{first.name} ({first.source}, {first.day}) and {part.name} ({part.source}, {part.day}) are not of "
                "one release: SIPRI revises past years in every release, so their numbers do not go together. Leave "
                "one out, or download it again; release=... says of which release a file without a date is."
            )
        if "example" in (part.basis, first.basis) and part.basis != first.basis:
            raise ValueError(f"Of {first.name} and {part.name}, one says that its numbers are invented. Leave it out.")
    forms = {part.by_deal: part.name for part in parts if part.found.get("deliveries") is not None}
    if len(forms) == 2:
        raise ValueError(
            f"{forms[True]} has one row per deal and {forms[False]} one per delivery: they do not fit into one frame. "
            "The deliveries say more; leave the deals out, or read them alone."
        )


def _joined(parts: list[Part], world: bool, empty: set[tuple]) -> tuple[Part, dict[str, Span], list[str]]:
    """The files as one, per file what was used of it, and warnings. `world`: all countries, by the reader's word."""
    dated = [part for part in parts if part.found.get("transfers") is not None]
    pairs = [part for part in dated if not part.by_deal] or dated
    summed = [part for part in parts if part.found.get("totals") is not None]
    rows = [part for part in parts if part.found.get("deliveries") is not None]
    totals, own_totals = joining.totals(summed)
    transfers, own_cells, notes = joining.transfers(pairs, totals, world, empty)
    deliveries, own_rows = joining.deliveries(rows, transfers)
    kinds = {part.found["kind"] for part in parts}
    first = parts[0]
    estimate = bool(pairs) and pairs[0].by_deal
    record = Part(
        name="",
        found={
            "kind": kinds.pop() if len(kinds) == 1 else "several files",
            "country": _only(parts, "country"),
            "of": _only(parts, "of"),
            "years": _years(pairs + summed),
            "transfers": transfers,
            "deliveries": deliveries,
            "totals": totals,
        },
        entries=[],
        generated=max((part.generated for part in parts if part.generated), default=None),
        release=first.release,
        source=first.source,
        basis="estimate" if estimate and first.basis != "example" else first.basis.replace("estimate", "tabulated"),
    )
    if len(parts) > 1 and not record.release and first.found["kind"] != "World Bank series":
        notes.append("no file says of which release it is, so nothing shows that they go together; release=... says it")
    used = {part.name: _told(part, own_cells | own_totals, own_rows) for part in parts}
    return record, used, notes


def _only(parts: list[Part], field: str) -> str | None:
    values = {part.found.get(field) for part in parts}
    return values.pop() if len(values) == 1 else None


def _years(parts: list[Part]) -> tuple[int, int] | None:
    """The years that all sides cover; the files of one side follow each other without a gap."""
    sides: dict[tuple, list[tuple[int, int]]] = {}
    for part in parts:
        if part.found["years"]:
            sides.setdefault((part.found["country"], part.found.get("of")), []).append(part.found["years"])
    spans = []
    for (country, of), ranges in sides.items():
        ranges = sorted(ranges)
        last = ranges[0][1]
        for _, (first, end) in pairwise(ranges):
            if first > last + 1:
                whose = f"{of} of {country}" if country and of else "the files"
                raise ValueError(
                    f"{whose}: no file holds the years {last + 1} to {first - 1}, which would read as years without "
                    "deliveries. Add the file, or read the others one by one."
                )
            last = max(last, end)
        spans.append((ranges[0][0], last))
    if not spans:
        return None
    first, last = max(span[0] for span in spans), min(span[1] for span in spans)
    return (first, last) if first <= last else None


def _told(part: Part, cells: dict[str, int], rows: dict[str, int]) -> Span:
    """The entry of one file: what it is, and how many of the rows of the frames are its own."""
    found = part.found
    whose = f"{found['of']} of {found['country']}" if found.get("country") and found.get("of") else found.get("country")
    years = f"{found['years'][0]}–{found['years'][1]}" if found["years"] else None
    told = [found["kind"], whose, years, part.day]
    frame = found["totals"] if found.get("transfers") is None else found["transfers"]
    if part.name in cells and cells[part.name] < len(frame):
        told.append(f"{cells[part.name]} of its {len(frame)} cells used, the others stand in other files")
    own = cells.get(part.name, 0) + rows.get(part.name, 0)
    return Span(1, part.entries[-1].last, "file", own, ", ".join(filter(None, told)))
