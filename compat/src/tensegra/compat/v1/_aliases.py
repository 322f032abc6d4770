"""Functions that 1.x has under another name, or with other arguments, than Tensegra."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._apply import apply, convert_to_tensor
from ._control import no_op
from ._core import tg
from ._define import renamed
from ._errors import invalid, unimplemented, wrong_type
from ._fallback import graph_function
from ._graph import get_default_graph
from ._ops import Assert
from ._sparse import SparseTensor
from ._static import constant_value
from ._symbols import export, put
from ._tensor import Tensor, core_dtype

_SAME = {
    "string_join": "strings.join",
    "string_to_number": "strings.to_number",
    "strings.to_number": "strings.to_number",
    "string_to_hash_bucket": "strings.to_hash_bucket",
    "string_to_hash_bucket_fast": "strings.to_hash_bucket_fast",
    "string_to_hash_bucket_strong": "strings.to_hash_bucket_strong",
    "substr": "strings.substr",
    "string_strip": "strings.strip",
    "string_length": "strings.length",
    "regex_replace": "strings.regex_replace",
    "decode_base64": "io.decode_base64",
    "encode_base64": "io.encode_base64",
    "read_file": "io.read_file",
    "write_file": "io.write_file",
    "matching_files": "io.matching_files",
    "serialize_tensor": "io.serialize_tensor",
    "parse_tensor": "io.parse_tensor",
    "fft": "signal.fft",
    "ifft": "signal.ifft",
    "fft2d": "signal.fft2d",
    "ifft2d": "signal.ifft2d",
    "fft3d": "signal.fft3d",
    "ifft3d": "signal.ifft3d",
    "spectral.fft": "signal.fft",
    "spectral.ifft": "signal.ifft",
    "spectral.rfft": "signal.rfft",
    "spectral.irfft": "signal.irfft",
    "spectral.fft2d": "signal.fft2d",
    "spectral.dct": "signal.dct",
    "matrix_solve": "linalg.solve",
    "matrix_triangular_solve": "linalg.triangular_solve",
    "cholesky_solve": "linalg.cholesky_solve",
    "self_adjoint_eig": "linalg.eigh",
    "self_adjoint_eigvals": "linalg.eigvalsh",
    "svd": "linalg.svd",
    "qr": "linalg.qr",
    "matrix_band_part": "linalg.band_part",
    "matrix_set_diag": "linalg.set_diag",
    "matrix_solve_ls": "linalg.lstsq",
    "log_matrix_determinant": "linalg.slogdet",
    "logdet": "linalg.logdet",
    "cross": "linalg.cross",
    "depth_to_space": "nn.depth_to_space",
    "space_to_depth": "nn.space_to_depth",
    "space_to_batch_nd": "space_to_batch_nd",
    "batch_to_space_nd": "batch_to_space",
    "check_numerics": "debugging.check_numerics",
    "tensor_scatter_update": "tensor_scatter_nd_update",
    "tensor_scatter_add": "tensor_scatter_nd_add",
    "tensor_scatter_sub": "tensor_scatter_nd_sub",
    "lbeta": "math.lbeta",
    "betainc": "math.betainc",
    "is_non_decreasing": "math.is_non_decreasing",
    "is_strictly_increasing": "math.is_strictly_increasing",
    "sets.set_difference": "sets.difference",
    "sets.set_intersection": "sets.intersection",
    "sets.set_size": "sets.size",
    "sets.set_union": "sets.union",
    "image.resize_image_with_crop_or_pad": "image.resize_with_crop_or_pad",
    "image.resize_image_with_pad": "image.resize_with_pad",
    "image.transpose_image": "image.transpose",
    "nn.quantized_relu_x": "nn.relu6",
    "manip.roll": "roll",
    "manip.reshape": "reshape",
    "manip.tile": "tile",
    "manip.gather_nd": "gather_nd",
    "manip.scatter_nd": "scatter_nd",
    "manip.space_to_batch_nd": "space_to_batch_nd",
}


def _core(path: str) -> Any:
    found: Any = tg
    for part in path.split("."):
        found = getattr(found, part, None)
        if found is None:
            return None
    return found


for _name, _path in _SAME.items():
    _function = _core(_path)
    if _function is not None:
        put(_name, graph_function(_function, _name.rpartition(".")[2]))

for _name in ("FixedLenFeature", "VarLenFeature", "FixedLenSequenceFeature", "SparseFeature"):
    put(_name, getattr(tg.io, _name))
    put(f"io.{_name}", getattr(tg.io, _name))
    put(f"parsing.{_name}", getattr(tg.io, _name))


def _features(features: Any) -> Any:
    """The same features with dtypes of the engine."""
    made = {}
    for key, each in features.items():
        fields = each._asdict() if hasattr(each, "_asdict") else None
        if fields is not None and "dtype" in fields:
            fields["dtype"] = core_dtype(fields["dtype"])
            each = type(each)(**fields)
        made[key] = each
    return made


@export("parse_example io.parse_example")
def parse_example(serialized: Any, features: Any, name: str | None = None, example_names: Any = None) -> Any:
    """The features of a batch of serialized examples."""
    wanted = _features(features)
    return apply(
        "ParseExample", lambda x: tg.io.parse_example(x, wanted), convert_to_tensor(serialized), op_name=name
    )


@export("parse_single_example io.parse_single_example")
def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> Any:
    """The features of a serialized example."""
    wanted = _features(features)
    made = apply(
        "ParseSingleExample",
        lambda x: tg.io.parse_single_example(x, wanted),
        convert_to_tensor(serialized),
        op_name=name,
    )
    for key, each in wanted.items():
        shape = getattr(each, "shape", None)
        if isinstance(made[key], Tensor) and shape is not None and type(each).__name__ == "FixedLenFeature":
            made[key].set_shape(shape)
    return made


@export("decode_raw io.decode_raw")
@renamed(bytes="input_bytes")
def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, name: str | None = None) -> Any:
    """The bytes of strings as numbers."""
    dtype = core_dtype(out_type)
    return apply(
        "DecodeRaw",
        lambda x: tg.io.decode_raw(x, dtype, little_endian),
        convert_to_tensor(input_bytes),
        op_name=name,
    )


@export("string_split")
@renamed(sep="delimiter")
def string_split(
    source: Any, delimiter: Any = " ", skip_empty: bool = True, result_type: Any = None
) -> SparseTensor:
    """The parts of strings, as a sparse tensor."""
    separators = constant_value(convert_to_tensor(delimiter)).item().decode()  # type: ignore[union-attr]

    def parts(texts: Any) -> Any:
        rows = [_split(each.decode(), separators, skip_empty) for each in texts.reshape(-1).tolist()]
        places = [[row, column] for row, found in enumerate(rows) for column in range(len(found))]
        words = [word.encode() for found in rows for word in found]
        return [
            np.array(places, np.int64).reshape(-1, 2), np.array(words, dtype=object),
            np.array([len(rows), max((len(found) for found in rows), default=0)], np.int64),
        ]  # fmt: skip

    def lower(emitter: Any, texts: Any) -> list[Any]:
        return list(tg.numpy_function(parts, [texts], [tg.int64, tg.string, tg.int64]))

    op = get_default_graph().create(
        "StringSplit", lower, [convert_to_tensor(source)], None,
        outputs=[(tg.int64, [None, 2]), (tg.string, [None]), (tg.int64, [2])], stateful=True,
    )  # fmt: skip
    return SparseTensor(*op.outputs)


def _split(text: str, separators: str, skip: bool) -> list[str]:
    if not separators:
        return list(text)
    found, current = [], ""
    for letter in text:
        if letter in separators:
            found.append(current)
            current = ""
        else:
            current += letter
    found.append(current)
    return [each for each in found if each or not skip]


@export("strings.split")
def strings_split(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: Any = None,
) -> Any:
    """The parts of strings, as a sparse tensor."""
    return string_split(input if input is not None else source, " " if sep is None else sep)


# ---- images


@export("image.resize_images image.resize")
def resize_images(
    images: Any,
    size: Any,
    method: Any = 0,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Any:
    """Images in another size: where the pixels lie is that of 1.x, from corner to corner with `align_corners`."""
    kind = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}.get(
        method, getattr(method, "value", method)
    )
    tensor = convert_to_tensor(images)
    height, width = _two(size)
    static = tensor.shape

    def function(x: Any, rows: Any, columns: Any) -> Any:
        if preserve_aspect_ratio:
            return tg.image.resize(x, tg.stack([rows, columns]), kind, True)
        single = x.shape.rank == 3
        x = tg.expand_dims(x, 0) if single else x
        made = _resized(x, rows, columns, str(kind), align_corners)
        return tg.squeeze(made, [0]) if single else made

    made = apply("ResizeImages", function, tensor, height, width, op_name=name or "resize_images")
    if static.ndims is not None and not preserve_aspect_ratio:
        sizes = static.as_list()
        sizes[-3], sizes[-2] = (each if isinstance(each, int) else None for each in (height, width))
        made.set_shape(sizes)
    return made


def _two(size: Any) -> tuple[Any, Any]:
    known = constant_value(convert_to_tensor(size))
    if known is not None:
        return int(known[0]), int(known[1])
    tensor: Any = convert_to_tensor(size)
    return tensor[0], tensor[1]


def _resized(x: Any, rows: Any, columns: Any, kind: str, aligned: bool) -> Any:
    if kind == "area":
        if aligned:
            raise unimplemented(
                "image.resize_area",
                "align_corners must be False for areas",
                "align_corners=True",
                "Leave it out.",
                "TG-7319",
            )
        return tg.image.resize(x, tg.stack([rows, columns]), "area")
    pixels = x if kind == "nearest" else tg.cast(x, tg.float32)
    for axis, count in ((1, rows), (2, columns)):
        pixels = _along(pixels, axis, count, kind, aligned)
    return pixels


def _along(x: Any, axis: int, count: Any, kind: str, aligned: bool) -> Any:
    """One dimension in another size; a pixel of the result lies at its number times the scale."""
    size = tg.shape(x)[axis]
    whole, wanted = tg.cast(size, tg.float32), tg.cast(count, tg.float32)
    scale = whole / wanted
    if aligned:
        scale = tg.where(wanted > 1.0, (whole - 1.0) / tg.maximum(wanted - 1.0, 1.0), scale)
    places = tg.cast(tg.range(count), tg.float32) * scale
    last = size - 1
    if kind == "nearest":
        nearest = tg.floor(places + 0.5) if aligned else tg.floor(places)
        return tg.gather(x, tg.minimum(tg.cast(nearest, tg.int32), last), axis=axis)
    low = tg.floor(places)
    share = places - low
    first = tg.cast(low, tg.int32)
    shape = [1] * 4
    shape[axis] = -1

    def part(offset: int, weight: Any) -> Any:
        rows = tg.maximum(tg.minimum(first + offset, last), 0)
        return tg.gather(x, rows, axis=axis) * tg.reshape(weight, shape)

    if kind == "bilinear":
        return part(0, 1.0 - share) + part(1, share)
    # The cubic kernel with a = -0.75.
    share = tg.round(share * 1024.0) / 1024.0  # TensorFlow looks the kernel up in a table of 1024 places
    a = -0.75
    near = lambda d: ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0  # noqa: E731
    far = lambda d: ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a  # noqa: E731
    return (
        part(-1, far(1.0 + share))
        + part(0, near(share))
        + part(1, near(1.0 - share))
        + part(2, far(2.0 - share))
    )


for _name, _kind in (("bilinear", 0), ("nearest_neighbor", 1), ("bicubic", 2), ("area", 3)):

    def _resize(
        images: Any,
        size: Any,
        align_corners: bool = False,
        name: str | None = None,
        half_pixel_centers: bool = False,
        _method: int = _kind,
    ) -> Any:
        return resize_images(images, size, _method, align_corners, name=name)

    _resize.__doc__ = f"Images in another size: {_name}."
    export(f"image.resize_{_name}")(_resize)


@export("image.ResizeMethod")
class ResizeMethod:
    """How pixels are computed."""

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = 0, 1, 2, 3


@export("extract_image_patches image.extract_image_patches")
@renamed(sizes="ksizes")
def extract_image_patches(
    images: Any, ksizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Any:
    """Parts of images, each in the channels of a place."""
    return apply(
        "ExtractImagePatches",
        lambda x: tg.image.extract_patches(x, ksizes, strides, rates, padding),
        convert_to_tensor(images),
        op_name=name,
    )


@export("nn.fused_batch_norm")
def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
    exponential_avg_factor: float = 1.0,
) -> Any:
    """Batch normalization of images: the result, the mean, the variance."""
    axes = [0, 2, 3] if data_format == "NCHW" else [0, 1, 2]

    def function(v: Any, g: Any, b: Any, m: Any, s: Any) -> Any:
        unbiased = s
        if is_training:
            m = tg.reduce_mean(v, axes)
            shaped = tg.reshape(m, [1, -1, 1, 1]) if data_format == "NCHW" else m
            s = tg.reduce_mean(tg.math.squared_difference(v, tg.stop_gradient(shaped)), axes)
            count = tg.cast(tg.size(v), v.dtype) / tg.cast(tg.size(m), v.dtype)
            unbiased = s * count / tg.maximum(count - 1.0, 1.0)
        parts = [tg.reshape(each, [1, -1, 1, 1]) if data_format == "NCHW" else each for each in (m, s, b, g)]
        return [tg.nn.batch_normalization(v, *parts, epsilon), m, unbiased]

    return tuple(
        apply("FusedBatchNormV3", function, convert_to_tensor(x), scale, offset, mean, variance, op_name=name)
    )


# ---- checks, edits


@export("verify_tensor_all_finite")
@renamed(x="t", message="msg")
def verify_tensor_all_finite(t: Any = None, msg: str = "", name: str | None = None) -> Any:
    """The tensor; fails where it has something that is no number."""
    return apply(
        "VerifyFinite",
        lambda v: tg.debugging.check_numerics(v, msg or "verify_tensor_all_finite"),
        convert_to_tensor(t),
        op_name=name,
    )


@export("add_check_numerics_ops")
def add_check_numerics_ops() -> Any:
    """An op that fails where a floating-point tensor of the graph has something that is no number."""
    from ._control import group

    graph = get_default_graph()
    checks = []
    for op in graph.get_operations():
        for each in op.outputs:
            if (
                each.dtype.is_floating
                and op.context is None
                and "variable" not in op.attributes
                and "alias" not in op.attributes
            ):
                checks.append(
                    apply(
                        "CheckNumerics", lambda v, text=each.name: tg.debugging.check_numerics(v, text), each
                    )
                )
    return group(*checks)


@export("setdiff1d")
@renamed(out_idx="index_dtype")
def setdiff1d(x: Any, y: Any, index_dtype: Any = tg.int32, name: str | None = None) -> Any:
    """What is in x and not in y, and where."""

    def function(a: Any, b: Any) -> Any:
        keep = tg.logical_not(tg.reduce_any(tg.equal(tg.expand_dims(a, 1), tg.expand_dims(b, 0)), 1))
        places = tg.reshape(tg.where(keep), [-1])
        return [tg.gather(a, places), tg.cast(places, core_dtype(index_dtype))]

    return apply("ListDiff", function, convert_to_tensor(x), convert_to_tensor(y), op_name=name)


@export("RegisterGradient NotDifferentiable NoGradient register_tensor_conversion_function")
class RegisterGradient:
    """Not here: gradients of ops are the engine's.

    Raises:
        tg.errors.UnimplementedError: Always (TG-7315).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise unimplemented(
            "RegisterGradient",
            "gradients of ops and conversions are the engine's",
            f"{args!r}",
            "Write the function with tf.stop_gradient.",
            "TG-7315",
        )


@export("assert_rank debugging.assert_rank")
def assert_rank(
    x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The op that fails where a tensor has another rank; a known rank is checked at once.

    Args:
        x: A tensor.
        rank: The rank, an int or a scalar tensor.
        data: What the error shows besides; by default the shape.
        summarize: How many elements of it.
        message: Accepted; for compatibility.
        name: The name.

    Raises:
        tg.errors.InvalidArgumentError: The known rank is another one (TG-7320).
    """
    tensor = convert_to_tensor(x)
    wanted = constant_value(convert_to_tensor(rank))
    if tensor.shape.ndims is None or wanted is None:
        found = apply("Rank", tg.rank, tensor)
        right = apply("Equal", tg.equal, found, convert_to_tensor(rank))
        return Assert(right, data or [apply("Shape", tg.shape, tensor)], summarize, name)
    if tensor.shape.ndims != int(wanted):
        raise invalid(
            "assert_rank", "the tensor has the rank", f"shape={tensor.shape} for rank {int(wanted)}", "Reshape it.",
            "TG-7320",
        )  # fmt: skip
    return no_op(name)


@export("assert_type debugging.assert_type")
def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> Any:
    """An op that does nothing, where a tensor has the dtype.

    Args:
        tensor: A tensor.
        tf_type: The dtype.
        message: Accepted; for compatibility.
        name: The name.

    Raises:
        tg.errors.InvalidArgumentError: It has another one, also a TypeError (TG-7320).
    """
    found = convert_to_tensor(tensor).dtype
    if found != core_dtype(tf_type):
        raise wrong_type(
            "assert_type", "the tensor has the dtype", f"{found} for {tf_type}", "Cast it.", "TG-7320"
        )
    return no_op(name)
