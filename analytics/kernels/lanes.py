"""Rows of 16 numbers that the processor handles at once: one number for each of 16 questions asked side by side.

A vector of n rows has 16 n numbers; a row is read as a whole, reckoned with in registers, and written as a whole.
Plain loops over 16 numbers are left to the compiler, which keeps them in memory: measured six times as slow.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

LANES = 16
"""Numbers in a row: a cache line of 32-bit ones."""
Built = tuple[Any, Callable[..., Any]]
F4 = types.Array(types.float32, 1, "C", readonly=True)
F4_OUT = types.Array(types.float32, 1, "C")


def built(step: Callable[..., Built]) -> Callable[..., Any]:
    """A step of a kernel that is put together from the processor's own."""
    return cast(Callable[..., Any], intrinsic(step))


class Row(types.Type):
    """A row of one kind of number."""

    def __init__(self, of: Any) -> None:
        self.of = of
        super().__init__(name=f"Row({of})")


@register_model(Row)
class RowModel(models.PrimitiveModel):
    """A row is one vector of the processor, or as many as it takes."""

    def __init__(self, manager: Any, row: Row) -> None:
        kind = ir.FloatType() if row.of == types.float32 else ir.DoubleType()
        super().__init__(manager, row, ir.VectorType(kind, LANES))  # type: ignore[no-untyped-call]


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """Where a row of an array begins."""
    begins = builder.gep(context.make_array(kind)(context, builder, array).data, [
        builder.mul(row, ir.Constant(ir.IntType(64), LANES))
    ])  # fmt: skip
    vector = ir.VectorType(context.get_data_type(kind.dtype), LANES)
    return builder.bitcast(begins, vector.as_pointer())


def _alike(builder: Any, number: Any) -> Any:
    """A row of one number."""
    vector, index = ir.VectorType(number.type, LANES), ir.IntType(32)
    empty = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(empty, number, ir.Constant(index, 0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(index, LANES), [0] * LANES))


@built
def row_at(_typing: Any, array: Any, row: Any) -> Built:
    """Row of an array."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        found = builder.load(_place(context, builder, signature.args[0], given[0], given[1]))
        found.align = array.dtype.bitwidth // 8
        return found

    return Row(array.dtype)(array, types.uint64), build


@built
def put_row(_typing: Any, array: Any, row: Any, values: Any) -> Built:
    """Write a row of an array."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        done = builder.store(given[2], _place(context, builder, signature.args[0], given[0], given[1]))
        done.align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.uint64, values), build


@built
def soon(_typing: Any, array: Any, row: Any) -> Built:
    """Have a row fetched from memory that will be read in a while."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        asked = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], fnty=asked)
        begins = builder.bitcast(_place(context, builder, signature.args[0], given[0], given[1]), byte)
        for line in range(0, array.dtype.bitwidth * LANES // 8, 64):
            place = builder.gep(begins, [ir.Constant(ir.IntType(64), line)])
            builder.call(fetch, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.uint64), build


@built
def alike(_typing: Any, array: Any, number: Any) -> Built:
    """A row of one number, of the kind that an array is of."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _alike(builder, context.cast(builder, given[1], signature.args[1], array.dtype))

    return Row(array.dtype)(array, number), build


@built
def scaled(_typing: Any, by: Any, row: Any) -> Built:
    """A row times a number."""
    return row(row.of, row), lambda _, builder, __, given: builder.fmul(_alike(builder, given[0]), given[1])


@built
def added(_typing: Any, row: Any, other: Any) -> Built:
    """Sum of two rows, number by number."""
    return row(row, row), lambda _, builder, __, given: builder.fadd(*given)


@built
def less(_typing: Any, row: Any, other: Any) -> Built:
    """A row less another."""
    return row(row, row), lambda _, builder, __, given: builder.fsub(*given)


@built
def larger(_typing: Any, row: Any, other: Any) -> Built:
    """The larger of two, number by number."""
    return row(row, row), lambda _, builder, __, given: _chosen(builder, ">", *given)


@built
def smaller(_typing: Any, row: Any, other: Any) -> Built:
    """The smaller of two, the second where the first is not a number."""
    return row(row, row), lambda _, builder, __, given: _chosen(builder, "<", *given)


@built
def times(_typing: Any, row: Any, other: Any) -> Built:
    """Product of two rows, number by number."""
    return row(row, row), lambda _, builder, __, given: builder.fmul(*given)


@built
def divided(_typing: Any, row: Any, by: Any) -> Built:
    """A row divided by another; not a number where both are 0."""
    return row(row, row), lambda _, builder, __, given: builder.fdiv(*given)


def _chosen(builder: Any, how: str, one: Any, other: Any) -> Any:
    return builder.select(builder.fcmp_ordered(how, one, other), one, other)
