"""The sheet under a page: where matplotlib's ways of showing and saving a figure are met, and nowhere else.

Written for matplotlib 3.10 and 3.11; a test says so when another version is installed.
"""

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.transforms import Bbox

#: The versions of matplotlib for which the tests of all ways of showing a figure have been run.
TESTED = ("3.10", "3.11")


class Whole(Bbox):
    """The box of a whole sheet, in inches. It has its margins already: none is added around it."""

    def padded(self, w_pad: float, h_pad: float | None = None) -> "Whole":
        """The box itself."""
        return self


class Sheet(Artist):
    """An artist as large as its figure and drawn before all others: it has the figure laid out when it is drawn.

    It hangs on the figure itself and not on a layout engine, so that whatever else lays the figure out comes first
    and this last: `tight_layout`, a constrained layout, the reader's own settings. `fig.clear()` takes it away.
    """

    def __init__(self, fig: Figure):
        super().__init__()
        self.set_zorder(float("-inf"))
        self.set_in_layout(False)
        fig.add_artist(self)
        self._inches = fig.bbox_inches
        self._laid_out: tuple = ()
        # With an engine, be it an idle one, a figure is drawn once without output before a part of it is cut out.
        fig.set_layout_engine(PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=False))
        fig.get_tightbbox = self._tightbbox

    def lay_out(self) -> None:
        """Give everything on the figure its place."""
        raise NotImplementedError

    def draw(self, renderer: RendererBase) -> None:
        """Lay the figure out if anything on it has changed since; while a part is cut out of it nothing moves."""
        fig = self.get_figure(root=True)
        size = (fig.dpi, *fig.bbox.size)
        cut = fig.bbox_inches is not self._inches
        if not cut and (size != self._laid_out or self.stale or any(ax.stale for ax in fig.axes)):
            self.lay_out()
            self._laid_out = size
        self.stale = False

    def _tightbbox(self, renderer: RendererBase | None = None, *, bbox_extra_artists: list | None = None) -> Bbox:
        """What `bbox_inches="tight"` leaves of the figure: all of it, for as long as the sheet is on it."""
        fig = self.get_figure(root=True)
        if self not in fig.artists:
            return type(fig).get_tightbbox(fig, renderer, bbox_extra_artists=bbox_extra_artists)
        return Whole(fig.bbox_inches.get_points())
