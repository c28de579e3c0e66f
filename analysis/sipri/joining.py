"""The frames of several files as one: every cell once, checked, and whole where the files together are."""

import numpy as np
import pandas as pd

from analysis import tables

from .lines import listed, shown
from .parts import Part

# Names of SIPRI's list that no release has as an importer: for these its old site answered with a web page.
_NEVER = {"Aruba", "European Union", "multiple sellers", "unknown supplier(s)"}
# Kinds of the table of countries that no list of all importers or exporters lacks; of others, some come and go.
_ALWAYS = ("state", "former state")
_PAIR = ["recipient", "supplier"]
_CELL = [*_PAIR, "year"]
_TOTAL = ["country", "role", "region", "category", "year"]
_SUM = 0.01  # TIV; more than the last digits of a sum of exact volumes
_ROUNDED = 0.5  # TIV; half a unit of a printed cell
# Tables of one side from which on a reader may have meant the whole world.
_MANY = 100


# ------------------------------------------------------------------------------------------- pairs of countries
def transfers(
    parts: list[Part], totals: pd.DataFrame | None, world: bool, empty: set[tuple]
) -> tuple[pd.DataFrame | None, dict[str, int], list[str]]:
    """The cells of all files, each once with the totals of its two countries; how many each file gave; warnings."""
    if not parts:
        return None, {}, []
    cells = pd.concat([part.found["transfers"] for part in parts], ignore_index=True)
    cells["part"] = np.repeat(np.arange(len(parts)), [len(part.found["transfers"]) for part in parts])
    cells["exact"] = np.array([part.exact for part in parts])[cells["part"]]
    cells["cell"] = cells.groupby(_CELL, sort=False).ngroup()
    best = cells.sort_values("exact", ascending=False, kind="stable").drop_duplicates("cell").sort_values("cell")
    value = best["tiv_million"].to_numpy()
    _refuse_unlike_cells(cells, value[cells["cell"]], best["exact"].to_numpy()[cells["cell"]], parts)
    result = best.drop(columns=["cell", "exact"]).reset_index(drop=True)
    for of, (country, _) in tables.ENDS.items():
        result[f"{of}_tiv"] = _whole(cells, result, of, country, parts)
    if totals is not None:
        _refuse_unlike_sums(result, totals)
    world_years = {of: _world_years(parts, result, totals, of, world, empty) for of in tables.ENDS}
    notes = [note for _, told in world_years.values() for note in told]
    for of, other in (("imports", "exports"), ("exports", "imports")):
        sums = result.groupby([tables.ENDS[other][0], "year"])["tiv_million"].transform("sum")
        known = result["year"].isin(world_years[of][0])
        result[f"{other}_tiv"] = sums.where(known, result[f"{other}_tiv"])
    result["generated"] = _days(parts, result)
    used = result.pop("part").value_counts()
    result = result.sort_values(_CELL, ignore_index=True)
    return result, {part.name: int(used.get(at, 0)) for at, part in enumerate(parts)}, notes


def _days(parts: list[Part], frame: pd.DataFrame) -> pd.api.extensions.ExtensionArray:
    days = [part.generated.isoformat() if part.generated else None for part in parts]
    return pd.array(days, dtype="str").take(frame["part"].to_numpy())


def _refuse_unlike_cells(cells: pd.DataFrame, chosen: np.ndarray, exact: np.ndarray, parts: list[Part]) -> None:
    """Refuse a cell that two files give differently: beyond rounding where one of them is exact."""
    given = cells["tiv_million"].to_numpy()
    off = np.abs(given - chosen) > np.where(cells["exact"].to_numpy() == exact, _SUM, _ROUNDED + _SUM)
    if not off.any():
        return
    row = cells[off].iloc[0]
    same = cells[cells["cell"].eq(row["cell"]) & ~off].iloc[0]
    told = [f"{cell.supplier} to {cell.recipient} in {cell.year}" for cell in cells[off].head(6).itertuples()]
    raise ValueError(
        f"{parts[same['part']].name} ({parts[same['part']].day}) and {parts[row['part']].name} "
        f"({parts[row['part']].day}) give different numbers in {off.sum()} cell{'s' if off.sum() > 1 else ''}: "
        f"{listed(told)}; in the first {shown(same['tiv_million'])} and {shown(row['tiv_million'])}. One was "
        "corrected, cut or filtered. Leave one out, or download both again."
    )


def _whole(cells: pd.DataFrame, result: pd.DataFrame, of: str, country: str, parts: list[Part]) -> np.ndarray:
    """The total of each cell's country where a file holds all its partners, checked against the cells of all files."""
    side = result.groupby([country, "year"], sort=False)
    at = side.ngroup().to_numpy()
    sums = np.bincount(at, result["tiv_million"])
    count = np.bincount(at, result["tiv_million"] >= _ROUNDED)
    claimed = cells[cells[f"{of}_tiv"].notna()]
    if claimed.empty:
        return np.full(len(result), np.nan)
    claims = pd.DataFrame({"part": claimed["part"], "at": at[claimed["cell"]], "total": claimed[f"{of}_tiv"]})
    claims["seen"] = result["tiv_million"].to_numpy()[claimed["cell"]] >= _ROUNDED
    claims["unlike"] = (
        claimed["exact"].to_numpy()
        != np.array([part.exact for part in parts])[result["part"].to_numpy()[claimed["cell"]]]
    )
    claims = claims.groupby(["part", "at"], as_index=False).agg({"total": "first", "seen": "sum", "unlike": "sum"})
    place = claims["at"].to_numpy()
    apart = np.abs(sums[place] - claims["total"]) > _SUM + _ROUNDED * (claims["unlike"] + 1) * (claims["unlike"] > 0)
    wrong = claims[apart | (claims["seen"] < count[place])]
    for claim in wrong.itertuples():
        cell = result[at == claim.at].iloc[0]
        raise ValueError(
            f"{of} of {cell[country]} in {cell['year']} are {shown(claim.total)} in {parts[claim.part].name}, which "
            f"holds all of them, and {shown(sums[claim.at])} with the rows of the other files: one was "
            "filtered, for example by a weapon category, or cut. Leave it out, or download it whole."
        )
    known = np.zeros(len(sums), dtype=bool)
    known[place] = True
    return np.where(known, sums, np.nan)[at]


def _refuse_unlike_sums(result: pd.DataFrame, totals: pd.DataFrame) -> None:
    """Refuse a total of a country that its own partners do not add up to, beyond rounding."""
    printed = totals[totals[["region", "category"]].isna().all(axis=1)].rename(columns={"tiv_million": "printed"})
    for of, (country, _) in tables.ENDS.items():
        sums = result[result[f"{of}_tiv"].notna()].groupby([country, "year"])["tiv_million"].agg(["sum", "size"])
        keys = ["country", "year", "printed"]
        both = printed.loc[printed["role"].eq(_role(of)), keys].join(sums, on=["country", "year"], how="inner")
        off = both[(both["sum"] - both["printed"]).abs() > _ROUNDED * (both["size"] + 1) + _SUM]
        for row in off.itertuples():
            raise ValueError(
                f"{of} of {row.country} in {row.year} are {shown(row.printed)} in the table of all countries, but "
                f"{shown(row.sum)} by the partners in the other files: one was corrected, cut or filtered. Leave one "
                "out, or download both again."
            )


def _role(of: str) -> str:
    return {"imports": "importer", "exports": "exporter"}[of]


def _world_years(
    parts: list[Part], result: pd.DataFrame, totals: pd.DataFrame | None, of: str, world: bool, empty: set[tuple]
) -> tuple[set[int], list[str]]:
    """Years in which the tables are those of all importers (or exporters), so that the other side is whole too."""
    own: dict[str, set[int]] = {}
    for part in parts:
        for country, side, whole in part.found.get("sides", []):
            if side == of:
                own.setdefault(country, set()).update(whole)
    if not own:
        return set(), []
    # A row of a country that is not whole shows that a table is missing or damaged.
    partial = result[result[f"{of}_tiv"].isna()]
    years = set.intersection(*own.values())
    lost, years = years & set(partial["year"]), years - set(partial["year"])
    lacking = _missing({*own, *(country for side, country in empty if side == of)}, of)
    if world or not lacking:
        names = sorted(set(partial.loc[partial["year"].isin(lost), tables.ENDS[of][0]]))
        told = f"{of} of {listed(names)} are not whole, so in {len(lost)} years no side of the world is"
        return years, [told] if lost else []
    every = None if totals is None else totals[totals["role"].eq(_role(of)) & totals["world_tiv"].notna()]
    if every is not None and len(every):
        without = every[every["tiv_million"].gt(0) & ~every["country"].isin(own)]
        return years & set(every["year"]) - set(without["year"]), []
    told = f"{len(own)} tables of {_role(of)}s are not all that there are, since none is there of {listed(lacking)}"
    return set(), [f"{told}; country='all' says that they are all"] if len(own) >= _MANY else []


def _missing(at_hand: set[str], of: str) -> list[str]:
    """The states of the table of countries, and the unknown ones, that are not among the names."""
    countries = tables.read("countries")
    every = {*countries[countries["kind"].isin(_ALWAYS)]["country"], f"unknown {tables.ENDS[of][0]}(s)"}
    return sorted(every - at_hand - _NEVER)


# --------------------------------------------------------------------------------------- deliveries and totals
def deliveries(parts: list[Part], transfers: pd.DataFrame | None) -> tuple[pd.DataFrame | None, dict[str, int]]:
    """The rows of all registers; what two of them hold of one pair, and year, is taken from the first."""
    if not parts:
        return None, {}
    key = _PAIR if parts[0].by_deal else _CELL
    frames = [part.found["deliveries"].assign(part=at) for at, part in enumerate(parts)]
    rows = pd.concat(frames, ignore_index=True)
    first = rows.groupby(key)["part"].transform("min")
    again = rows[rows["part"] != first]
    if parts[0].by_deal and len(again):
        _refuse_unlike_deals(rows, again, parts)
    rows = rows[rows["part"] == first].reset_index(drop=True)
    rows["generated"] = _days(parts, rows)
    used = rows.pop("part").value_counts()
    if transfers is not None and not parts[0].by_deal:
        sides = [f"{of}_tiv" for of in tables.ENDS]
        place = [rows.columns.get_loc(side) for side in sides]
        counted = rows[_CELL].merge(transfers[[*_CELL, *sides]], how="left", on=_CELL)[sides]
        counted = counted.where(rows["tiv_million"].notna())
        for side, at in zip(sides, place, strict=True):
            rows.isetitem(at, counted[side])
    return rows, {part.name: int(used.get(at, 0)) for at, part in enumerate(parts)}


def _refuse_unlike_deals(rows: pd.DataFrame, again: pd.DataFrame, parts: list[Part]) -> None:
    """Refuse two registers by deal that hold one pair differently: cut to other years, or filtered."""
    sums = rows.merge(again[_PAIR].drop_duplicates()).groupby([*_PAIR, "part"])["tiv_million"].agg(["sum", "size"])
    spread = sums.groupby(_PAIR).agg(lambda values: values.max() - values.min())
    unlike = spread[(spread["sum"] > _SUM) | (spread["size"] > 0)]
    if len(unlike):
        recipient, supplier = unlike.index[0]
        names = [parts[at].name for at in sums.loc[(recipient, supplier)].index[:2]]
        raise ValueError(
            f"{names[0]} and {names[1]} both hold deals of {supplier} with {recipient}, but not the same: one "
            "was cut to other years or filtered. Download one register with all of them."
        )


def totals(parts: list[Part]) -> tuple[pd.DataFrame | None, dict[str, int]]:
    """The totals of all files, each once."""
    if not parts:
        return None, {}
    frames = [part.found["totals"].assign(part=at) for at, part in enumerate(parts)]
    rows = pd.concat(frames, ignore_index=True)
    rows["generated"] = _days(parts, rows)
    rows["cell"] = rows.groupby(_TOTAL, sort=False, dropna=False).ngroup()
    best = rows.sort_values("world_tiv", na_position="last", kind="stable").drop_duplicates("cell").sort_values("cell")
    off = (rows["tiv_million"] - best["tiv_million"].to_numpy()[rows["cell"]]).abs() > _SUM
    if off.any():
        row = rows[off].iloc[0]
        other = rows[rows["cell"].eq(row["cell"]) & ~off].iloc[0]
        raise ValueError(
            f"{parts[other['part']].name} ({parts[other['part']].day}) and {parts[row['part']].name} "
            f"({parts[row['part']].day}) give different numbers for {row['country']} in {row['year']}: "
            f"{shown(other['tiv_million'])} and {shown(row['tiv_million'])}. Leave one out, or download both again."
        )
    used = best["part"].value_counts()
    result = best.drop(columns=["cell", "part"]).reset_index(drop=True)
    return result, {part.name: int(used.get(at, 0)) for at, part in enumerate(parts)}
