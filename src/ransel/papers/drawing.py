"""A few strokes of SVG. Texts are escaped here and nowhere else."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ransel.papers.container_mark import ContainerMark

INK, QUIET, HAIR, TINT, FRIDGE = "#1b2430", "#4d5a68", "#b6c0ca", "#eef2f6", "#cfe3f1"
TYPEFACE = "'Source Sans Pro','Source Sans 3',system-ui,'Segoe UI',Roboto,sans-serif"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; `_` in an attribute's name stands for `-`. `content` is markup, already escaped."""
    listed = "".join(f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(it))}" for key, it in attributes.items())
    return f"<{name}{listed}>{content}</{name}>" if content else f"<{name}{listed}/>"


def text(x: float, y: float, words: str, size: float = 15, *, bold: bool = False, **look: object) -> str:
    """Return a line of text with its baseline at y."""
    weight = {"font_weight": 700} if bold else {}
    return element("text", escape(words), x=x, y=y, font_size=size, **({"fill": INK} | weight | look))


def line(x1: float, y1: float, x2: float, y2: float, /, **look: object) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **({"stroke": INK, "stroke_width": 1.5} | look))


def box(x: float, y: float, width: float, height: float, **look: object) -> str:
    """Return a rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **look)


def marked_shape(mark: ContainerMark, x: float, y: float, radius: float, edge: str = "") -> str:
    """Return the mark of a container around (x, y), with its number; `edge` is for a mark on its own colour."""
    size = radius * 1.25 * mark.number_size
    shape = element(
        "path", d=mark.path(x, y, radius), fill=mark.body, stroke=edge or mark.edge, stroke_width=2,
        stroke_linejoin="round",
    )  # fmt: skip
    below = y + radius * mark.drop + size * 0.34
    return shape + text(x, below, str(mark.number), size, bold=True, fill=mark.ink, text_anchor="middle")


def bracket(left: float, right: float, y: float, planned: float) -> str:
    """Return a bracket from the earliest to the latest moment, with a dot at the planned one."""
    ends = f"M{left:.1f},{y - 6:.1f}v12M{left:.1f},{y:.1f}H{right:.1f}M{right:.1f},{y - 6:.1f}v12"
    return element("path", d=ends, fill="none", stroke=QUIET, stroke_width=2) + element(
        "circle", cx=planned, cy=y, r=4.5, fill=INK
    )


def flag(x: float, y: float, height: float, edge: str) -> str:
    """Return a flag whose pole stands at x, from y upwards."""
    pole = line(x, y, x, y - height, stroke=edge, stroke_width=2)
    cloth = f"M{x:.1f},{y - height:.1f}h13l-4,5l4,5h-13Z"
    return pole + element("path", d=cloth, fill=edge)


def backpack(x: float, y: float) -> str:
    """Return a small backpack, 40 wide and 48 high."""
    parts = (
        element("path", d="M13,10V7a7,7 0 0 1 14,0v3", fill="none", stroke=INK, stroke_width=3),
        box(3, 9, 34, 37, rx=11, fill="#2f6f73"),
        box(9, 27, 22, 13, rx=3, fill="#e9f3f3"),
        line(9, 32, 31, 32, stroke="#2f6f73"),
        box(12, 16, 16, 4, rx=2, fill="#e9f3f3"),
    )
    return element("g", "".join(parts), transform=f"translate({x:g},{y:g})")


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
