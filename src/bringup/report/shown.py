"""A diagnosis that shows itself: as a page in a notebook, as text in a terminal."""

from html import escape
from io import StringIO

from rich.console import Console

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.report.layout import WIDEST, Sheet

# The page is as high as its content, where the notebook lets it say so.
FITTED = "this.style.height=Math.min(this.contentDocument.documentElement.scrollHeight+2,1200)+'px'"


class Shown(Diagnosis):
    """A diagnosis as notebooks and terminals show it."""

    @classmethod
    def of(cls, diagnosis: Diagnosis) -> "Shown":
        """The same diagnosis."""
        return cls.model_construct(**dict(diagnosis))

    def _repr_html_(self) -> str:
        from bringup.report.check_html import render_check_html

        page = escape(render_check_html(self))
        return f'<iframe style="width:100%;height:60vh;border:0" onload="{FITTED}" srcdoc="{page}"></iframe>'

    def __rich__(self) -> Sheet:
        from bringup.report.check_text import render_check_text

        return render_check_text(self)

    def __repr__(self) -> str:
        out = StringIO()
        Console(file=out, width=WIDEST, color_system=None).print(self.__rich__(), highlight=False, end="")
        return out.getvalue().rstrip()

    __str__ = __repr__
