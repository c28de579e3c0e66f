"""The explorer: controls for the same steps as in the notebooks, for readers who do not program."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.explore.panel import Panel
    from analysis.explore.shown import Shown
    from analysis.sipri import Export


def dependence(
    recipient: str = "Pakistan", supplier: str = "China", data: "Export | pd.DataFrame | None" = None
) -> "Panel | Shown":
    """The share of a supplier in a recipient's arms imports, or the reverse, with controls to change all of it.

    Parameters
    ----------
    recipient, supplier
        The pair to begin with.
    data
        Deliveries of your own to begin with: what `load.sipri` gives, or its `transfers`. Without them the releases
        that come with the package are on offer, and SIPRI's printed shares.

    Returns
    -------
    Panel
        The explorer, which a notebook cell shows. Without ipywidgets it is the picture of the pair and the sentence
        under it, with a line on how to make it interactive.

    Raises
    ------
    ValueError
        If a name is unknown, or no share can be computed from `data`; the reason is given.

    Notes
    -----
    Nothing is measured or drawn here: the controls call `load`, `measure`, `draw`, `words` and `export` as the
    notebooks do. A share is of the volume of major arms (TIV), over the window chosen, in the source chosen.

    Examples
    --------
    >>> panel = dependence("India", "Russia")
    >>> panel.words.value.partition(" (")[0]
    '<p role="status">Russia supplied 40 per cent of India&#x27;s arms imports in 2021–25'
    """
    from analysis.explore import choices, shown

    desk = choices.desk(data)
    choice = choices.first(desk, recipient, supplier)
    try:
        from analysis.explore.panel import Panel
    except ModuleNotFoundError as error:
        if error.name != "ipywidgets":
            raise
        return shown.at_once(choice, desk)
    return Panel(desk, choice)
