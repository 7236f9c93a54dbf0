"""The GS1 DataMatrix of a container."""

from __future__ import annotations

from dataclasses import dataclass

import zxingcpp

from ransel.compounding import ContainerCode
from ransel.language import refuse

QUIET = 1
"""Modules of white around the symbol, as ISO/IEC 16022 asks."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A square DataMatrix.

    Values:
        text: what it carries, with the application identifiers in brackets.
        rows: its modules, one text per row, `#` for dark.
    """

    text: str
    rows: tuple[str, ...]

    @property
    def modules(self) -> int:
        """Modules on a side, the white around it included."""
        return len(self.rows) + 2 * QUIET

    def svg(self) -> str:
        """Return the symbol as an SVG document, one unit per module."""
        side = self.modules
        dark = "".join(
            f"M{column + QUIET} {line + QUIET}h1v1h-1z"
            for line, row in enumerate(self.rows)
            for column, module in enumerate(row)
            if module == "#"
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}" '
            f'shape-rendering="crispEdges"><path d="M0 0h{side}v{side}h-{side}z" fill="#fff"/>'
            f'<path d="{dark}" fill="#000"/></svg>'
        )


def data_matrix(code: ContainerCode) -> Symbol:
    """Return the symbol of a container.

    Raises:
        Refused: when the code holds what a symbol cannot carry.
    """
    try:
        barcode = zxingcpp.create_barcode(
            code.element_string, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True
        )
    except ValueError:
        refuse("paper.code", "code", code.element_string)
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    height, width = image.shape
    pixels = memoryview(image).tobytes()  # type: ignore[arg-type]  # it is a buffer; its stub does not say so
    lines = (pixels[line * width : (line + 1) * width] for line in range(height))
    return Symbol(code.element_string, tuple("".join("." if pixel else "#" for pixel in line) for line in lines))
