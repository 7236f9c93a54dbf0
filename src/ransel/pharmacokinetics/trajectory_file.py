"""Trajectories as Parquet: one row for each child and time, written block by block, whole or not at all.

The file says of itself what it is: `schema` is `ransel/trajectories/1`, every column has its unit, and what the
simulation took to be so stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ransel.pharmacokinetics.individuals import Floats

SCHEMA = "ransel/trajectories/1"
COLUMNS = {
    "child": ("", "the child, as in the table or numbered from 1"),
    "time_h": ("h", "hours since the start"),
    "concentration_mg_L": ("mg/L", "concentration in the blood; mg/L is the same as µg/mL"),
}
"""The columns with their unit and meaning."""


@dataclass(slots=True)
class TrajectoryFile:
    """An open file; `write` adds children."""

    _writer: Any
    _schema: Any

    def write(self, children: Sequence[str], times: Floats, values: Floats) -> None:
        """Add children with their concentrations (children, times) at times that they share."""
        import pyarrow as pa  # noqa: PLC0415 - takes long to import, and few commands need it

        count, points = values.shape
        names = pa.DictionaryArray.from_arrays(
            np.repeat(np.arange(count, dtype=np.int32), points), pa.array(list(children), type=pa.string())
        )
        table = pa.Table.from_arrays(
            [names, pa.array(np.tile(times, count)), pa.array(np.ascontiguousarray(values).reshape(-1))],
            schema=self._schema,
        )
        self._writer.write_table(table)


@contextmanager
def trajectory_file(path: Path, about: Mapping[str, object]) -> Iterator[TrajectoryFile]:
    """Open a new file of trajectories; `about` is kept in it as JSON, such as the seed and the assumptions.

    A file of that name is replaced when the new one is whole; when anything fails, it is as it was.
    """
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415 - as above

    kinds = (pa.dictionary(pa.int32(), pa.string()), pa.float64(), pa.float64())
    fields = [
        pa.field(name, kind, nullable=False, metadata={"unit": unit, "meaning": meaning})
        for (name, (unit, meaning)), kind in zip(COLUMNS.items(), kinds, strict=True)
    ]
    schema = pa.schema(fields, metadata={"schema": SCHEMA, "about": json.dumps(about, ensure_ascii=False)})
    part = path.with_name(f".{path.name}.part")
    try:
        # Levels differ in every digit: splitting their bytes is what makes them smaller, a dictionary is not.
        with parquet.ParquetWriter(
            part, schema, compression="zstd", compression_level=1, use_dictionary=["child", "time_h"],
            use_byte_stream_split=["concentration_mg_L"],
        ) as writer:  # fmt: skip
            yield TrajectoryFile(writer, schema)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def about_file(path: Path) -> dict[str, Any]:
    """Return what a file of trajectories says of itself: its schema, its units and what stood beside it."""
    from pyarrow import parquet  # noqa: PLC0415 - as above

    schema = parquet.read_schema(path)
    told = schema.metadata or {}
    return {
        "schema": told[b"schema"].decode(),
        "units": {name: schema.field(name).metadata[b"unit"].decode() for name in schema.names},
        "about": json.loads(told[b"about"]),
    }
