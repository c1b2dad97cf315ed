"""What an engine says in another way than Ibis does, put right in the expression itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rule = Callable[[Any], Any]


def rewritten(expression: Any, *rules: Rule) -> Any:
    """Return an Ibis expression in which every operation went through every rule.

    Parameters
    ----------
    expression
        Ibis table expression.
    rules
        Take an operation and return it, or another in its place.
    """

    def by_rules(node: Any, changed: dict[str, Any] | None) -> Any:
        node = node.__recreate__(changed) if changed else node
        for rule in rules:
            node = rule(node)
        return node

    return expression.op().replace(by_rules).to_expr()


def boolean_by_integer(node: Any) -> Any:
    """Make whole numbers of booleans by way of 32 bits, the one cast that Postgres has."""
    import ibis.expr.operations as ops

    if not isinstance(node, ops.Cast) or not node.arg.dtype.is_boolean():
        return node
    narrow = node.to.is_integer() and not node.to.is_int32()
    return ops.Cast(ops.Cast(node.arg, "int32"), node.to) if narrow else node


def shift_by_integer(node: Any) -> Any:
    """Shift by 32 bits, the one width that Postgres and Spark know."""
    import ibis.expr.operations as ops

    if not isinstance(node, (ops.BitwiseLeftShift, ops.BitwiseRightShift)):
        return node
    if node.right.dtype.is_int32():
        return node
    return type(node)(node.left, ops.Cast(node.right, "int32"))


def bits_joined(node: Any) -> Any:
    """Join bits by the engine's own ``bit_or``, which Ibis does not know for Spark."""
    import ibis
    import ibis.expr.operations as ops

    if not isinstance(node, ops.BitOr):
        return node

    @ibis.udf.agg.builtin(name="bit_or", signature=(("int64",), "int64"))
    def bit_or(value):  # type: ignore[no-untyped-def]
        """Join bits."""

    value = ops.Cast(node.arg, "int64") if not node.arg.dtype.is_int64() else node.arg
    if node.where is not None:
        value = ops.IfElse(node.where, value, ops.Cast(ops.Literal(0, "int64"), "int64"))
    return bit_or(value.to_expr()).op()


def identical_by_equality(node: Any) -> Any:
    """Compare values and nulls apart: Postgres joins by a hash only of what is equal."""
    import ibis.expr.operations as ops

    if not isinstance(node, ops.IdenticalTo):
        return node
    kind = node.left.dtype
    empty = next((value for test, value in EMPTY if test(kind)), None)
    if empty is None:
        return node
    left, right = (
        ops.Coalesce((one, ops.Cast(ops.Literal(empty, "string"), one.dtype)))
        for one in (node.left, node.right)
    )
    lacking = ops.Equals(ops.IsNull(node.left), ops.IsNull(node.right))
    return ops.And(ops.Equals(left, right), lacking)


# What stands for null, by kind of column: any value does, since nulls are compared beside it.
EMPTY: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (lambda kind: kind.is_string(), ""),
    (lambda kind: kind.is_boolean(), "false"),
    (lambda kind: kind.is_numeric(), "0"),
    (lambda kind: kind.is_date(), "1970-01-01"),
)


def sum_by_decimal(node: Any) -> Any:
    """Sum whole numbers with 38 digits, where a sum of 64-bit numbers has 64 bits."""
    import ibis.expr.operations as ops

    if not isinstance(node, ops.Sum) or not node.arg.dtype.is_integer():
        return node
    return ops.Sum(ops.Cast(node.arg, "decimal(38, 0)"), where=node.where)


def sum_as_integer(node: Any) -> Any:
    """Give sums of whole numbers 64 bits in so many words: DuckDB writes its 128 as floats."""
    import ibis.expr.operations as ops

    if not isinstance(node, ops.Sum) or not node.arg.dtype.is_integer():
        return node
    return ops.Cast(node, "int64")
