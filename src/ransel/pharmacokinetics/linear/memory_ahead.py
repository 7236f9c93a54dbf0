"""Ask for memory that will be written soon: an instruction of the processor that numba does not offer itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

WRITE, KEEP, DATA = 1, 2, 1
"""As LLVM numbers them: for writing, into the second cache, data and not instructions."""


@intrinsic
def ask_for(_typing: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:  # noqa: ANN401  numba's own types
    """Bring the place of an element near before it is written, while arithmetic goes on.

    A long array of results is written faster than memory comes, and arithmetic between the writes would only be added
    to that time. Nothing happens at a place behind the end of the array: this asks, and never reads or writes.
    """

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401
        data = make_array(signature.args[0])(context, builder, given[0]).data  # type: ignore[no-untyped-call]
        place = builder.gep(data, [given[1]])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        instruction = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(instruction, [place, *(ir.Constant(number, one) for one in (WRITE, KEEP, DATA))])
        return context.get_dummy_value()

    return types.void(array, index), build
