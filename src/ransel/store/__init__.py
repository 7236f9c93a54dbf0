"""Where the chart is kept: one append-only chain in a database, read models beside it, the register of children."""
