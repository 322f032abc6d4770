"""What all specs have in common: `tg.TypeSpec`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ._public import public
from ._shape import TensorShape

Spec = TypeVar("Spec", bound="TypeSpec")


@public("TypeSpec")
class TypeSpec:
    """The base of `tg.TensorSpec`, `tg.SparseTensorSpec`, `tg.RaggedTensorSpec` and the other specs.

    >>> import tensegra as tg
    >>> isinstance(tg.TensorSpec([None, 3]), tg.TypeSpec)
    True
    """

    __slots__ = ()

    def _fields(self) -> tuple[Any, ...]:
        """What makes the spec, in the order of its arguments."""
        raise NotImplementedError

    @property
    def value_type(self) -> type[Any]:
        """The class of the values that it describes."""
        raise NotImplementedError

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value, or one of another spec, could be meant.

        Args:
            spec_or_value: A spec, or a value as for `tg.type_spec_from_value`.

        Returns:
            True where the kinds agree and the shapes can be the same.
        """
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(self) is type(other) and all(
            mine.is_compatible_with(its) if isinstance(mine, TensorShape) else mine == its
            for mine, its in zip(self._fields(), other._fields(), strict=True)
        )

    def is_subtype_of(self, other: TypeSpec) -> bool:
        """Whether every value of this spec is one of the other.

        Args:
            other: A spec.

        >>> import tensegra as tg
        >>> tg.TensorSpec([2, 3]).is_subtype_of(tg.TensorSpec([None, 3]))
        True
        """
        return type(self) is type(other) and all(
            _within(mine, its) for mine, its in zip(self._fields(), other._fields(), strict=True)
        )

    def most_specific_common_supertype(self: Spec, others: Sequence[TypeSpec]) -> Spec | None:
        """The narrowest spec that this one and others are subtypes of, or None where there is none.

        Args:
            others: Specs.

        >>> import tensegra as tg
        >>> tg.TensorSpec([2, 3]).most_specific_common_supertype([tg.TensorSpec([4, 3])])
        TensorSpec(shape=(None, 3), dtype=tg.float32, name=None)
        """
        fields = list(self._fields())
        for other in others:
            if type(other) is not type(self):
                return None
            for index, its in enumerate(other._fields()):
                mine = fields[index]
                if isinstance(mine, TensorShape):
                    fields[index] = mine.most_specific_compatible_shape(its)
                elif mine != its:
                    return None
        return type(self)(*fields)

    def most_specific_compatible_type(self: Spec, other: TypeSpec) -> Spec:
        """As `most_specific_common_supertype` of one other spec, but there must be such a spec.

        Args:
            other: A spec.

        Raises:
            tg.errors.InvalidArgumentError: There is none (TG-0765).
        """
        found = self.most_specific_common_supertype([other])
        if found is None:
            from ._errors import InvalidArgumentError

            raise InvalidArgumentError(
                f"[{type(self).__name__}.most_specific_compatible_type] the specs must be of one kind and differ in "
                f"sizes alone. Received: {self!r} and {other!r}. Use specs of one dtype.",
                code="TG-0765",
            )
        return found


def _within(mine: Any, its: Any) -> bool:
    if not isinstance(mine, TensorShape):
        return bool(mine == its)
    if its._dims is None:
        return True
    if mine._dims is None or len(mine._dims) != len(its._dims):
        return False
    return all(wide is None or wide == narrow for narrow, wide in zip(mine._dims, its._dims, strict=True))


@public("type_spec_from_value")
def type_spec_from_value(value: Any) -> TypeSpec:
    """The spec of a value.

    Args:
        value: A tensor, a variable, a sparse or ragged tensor, `tg.IndexedSlices`, a `tg.TensorArray`, or what
            `tg.convert_to_tensor` takes.

    Raises:
        tg.errors.InvalidArgumentError: It is nothing of these (TG-0117).

    >>> import tensegra as tg
    >>> tg.type_spec_from_value(tg.constant([1.0, 2.0]))
    TensorSpec(shape=(2,), dtype=tg.float32, name=None)
    """
    import tensegra as tg

    if isinstance(value, (tg.Tensor, tg.Variable)):
        return tg.TensorSpec.from_tensor(value)
    kinds: list[tuple[type[Any], Any]] = [
        (tg.SparseTensor, tg.SparseTensorSpec),
        (tg.RaggedTensor, tg.RaggedTensorSpec),
        (tg.IndexedSlices, tg.IndexedSlicesSpec),
        (tg.TensorArray, tg.TensorArraySpec),
    ]
    for kind, spec in kinds:
        if isinstance(value, kind):
            return spec.from_value(value)  # type: ignore[no-any-return]
    return tg.TensorSpec.from_tensor(tg.convert_to_tensor(value))
