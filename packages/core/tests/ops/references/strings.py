"""References of ops on strings, with Python's own strings. Strings are given and returned as text."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np

from .common import Array, Reference

_MASK = 2**64 - 1


def _each(function: Any, x: Array, dtype: Any = object) -> Array:
    return np.array([function(v) for v in x.ravel().tolist()], dtype).reshape(x.shape)


def _length(x: Array, unit: str) -> Array:
    return _each(lambda s: len(s) if unit == "UTF8_CHAR" else len(s.encode()), x, np.int32)


def _case(x: Array, encoding: str, function: Any, ascii_function: Any) -> Array:
    if encoding:
        return _each(function, x)
    return _each(lambda s: ascii_function(s.encode()).decode(), x)


def _substr(x: Array, pos: Array, len: Array, unit: str) -> Array:
    def cut(text: str, first: int, count: int) -> str:
        units: Any = text if unit == "UTF8_CHAR" else text.encode()
        first = first if first >= 0 else first + units.__len__()
        part = units[first : first + count]
        return part if isinstance(part, str) else part.decode()

    a, b, c = np.broadcast_arrays(x, pos, len)
    parts = [cut(*v) for v in zip(a.ravel(), b.ravel().tolist(), c.ravel().tolist(), strict=True)]
    return np.array(parts, object).reshape(a.shape)


def _join(*inputs: Array, separator: str) -> Array:
    arrays = np.broadcast_arrays(*inputs)
    joined = [separator.join(row) for row in zip(*(a.ravel() for a in arrays), strict=True)]
    return np.array(joined, object).reshape(arrays[0].shape)


def _reduce_join(x: Array, axis: list[int] | None, keepdims: bool, separator: str) -> Array:
    axes = list(range(x.ndim)) if axis is None else [a % x.ndim for a in axis]
    kept = [a for a in range(x.ndim) if a not in axes]
    moved = x.transpose(kept + axes).reshape([x.shape[a] for a in kept] + [-1])
    joined = np.array([separator.join(row) for row in moved.reshape(-1, moved.shape[-1])], object)
    shape = (
        [1 if a in axes else x.shape[a] for a in range(x.ndim)] if keepdims else [x.shape[a] for a in kept]
    )
    return joined.reshape(shape)


def _segment_join(x: Array, ids: Array, count: Array, separator: str) -> Array:
    rows = x.reshape(ids.size, -1)
    out = [
        separator.join(rows[i, k] for i in range(ids.size) if ids.ravel()[i] == segment)
        for segment in range(int(count))
        for k in range(rows.shape[1])
    ]
    return np.array(out, object).reshape(int(count), *x.shape[ids.ndim :])


def _fingerprint(text: str) -> int:
    return _fingerprint_of(text.encode())


def _fingerprint_of(s: bytes) -> int:
    """FarmHash's Fingerprint64 for up to 16 bytes."""
    k0, k2 = 0xC3A5C85C97CB3127, 0x9AE16A3B2F90404F

    def turn(x: int, by: int) -> int:
        return (x >> by | x << (64 - by)) & _MASK

    def mix(u: int, v: int, factor: int) -> int:
        a = (u ^ v) * factor & _MASK
        b = (v ^ a ^ a >> 47) * factor & _MASK
        return (b ^ b >> 47) * factor & _MASK

    n = len(s)
    factor = k2 + 2 * n
    if n >= 8:
        a, b = (int.from_bytes(s[:8], "little") + k2) & _MASK, int.from_bytes(s[-8:], "little")
        return mix((turn(b, 37) * factor + a) & _MASK, (turn(a, 25) + b) * factor & _MASK, factor)
    if n >= 4:
        first, last = int.from_bytes(s[:4], "little"), int.from_bytes(s[-4:], "little")
        return mix(n + (first << 3), last, factor)
    if n > 0:
        y, z = s[0] + (s[n >> 1] << 8), n + (s[-1] << 2)
        v = (y * k2 ^ z * k0) & _MASK
        return (v ^ v >> 47) * k2 & _MASK
    return k2


def _murmur(text: str) -> int:
    s, m = text.encode(), 0xC6A4A7935BD1E995
    h = 0xDECAFCAFFE ^ (len(s) * m & _MASK)
    while len(s) >= 8:
        k = int.from_bytes(s[:8], "little") * m & _MASK
        h = (h ^ (k ^ k >> 47) * m & _MASK) * m & _MASK
        s = s[8:]
    if s:
        h = (h ^ int.from_bytes(s, "little")) * m & _MASK
    h = (h ^ h >> 47) * m & _MASK
    return h ^ h >> 47


def _siphash(text: str, key: list[int]) -> int:
    v = [
        key[0] ^ 0x736F6D6570736575,
        key[1] ^ 0x646F72616E646F6D,
        key[0] ^ 0x6C7967656E657261,
        key[1] ^ 0x7465646279746573,
    ]

    def turn(x: int, by: int) -> int:
        return (x << by | x >> (64 - by)) & _MASK

    def rounds(count: int) -> None:
        for _ in range(count):
            v[0], v[2] = (v[0] + v[1]) & _MASK, (v[2] + v[3]) & _MASK
            v[1], v[3] = turn(v[1], 13) ^ v[0], turn(v[3], 16) ^ v[2]
            v[0] = turn(v[0], 32)
            v[2], v[0] = (v[2] + v[1]) & _MASK, (v[0] + v[3]) & _MASK
            v[1], v[3] = turn(v[1], 17) ^ v[2], turn(v[3], 21) ^ v[0]
            v[2] = turn(v[2], 32)

    s = text.encode()
    padded = s + b"\0" * (7 - len(s) % 8) + bytes([len(s) & 255])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i : i + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _as_string(x: Array, precision: int, scientific: bool, shortest: bool, width: int, fill: str) -> Array:
    kind = x.dtype.kind
    if kind == "O":
        return x
    if kind == "b":
        return _each(lambda v: "true" if v else "false", x)
    flags = "%" + fill.strip() + (str(width) if width >= 0 else "")
    if kind in "iu":
        return _each(lambda v: (flags + "d") % v, x)
    form = (
        flags
        + (f".{precision}" if precision >= 0 else "")
        + ("e" if scientific else "g" if shortest else "f")
    )
    if kind == "c":
        return _each(lambda v: f"({form % v.real},{form % v.imag})", x)
    return _each(lambda v: form % v, x)


def _rows(pieces: list[list[str]]) -> tuple[Array, Array]:
    flat = [piece for row in pieces for piece in row]
    return np.array(flat, object), np.cumsum([0, *map(len, pieces)]).astype(np.int64)


def _split(x: Array, sep: Array, maxsplit: int) -> tuple[Array, Array]:
    return _rows([text.split(str(sep) or None, maxsplit) for text in x.ravel()])


def _ngrams(
    data: Array,
    splits: Array,
    ngram_widths: list[int],
    separator: str,
    left_pad: str,
    right_pad: str,
    pad_width: int,
    preserve_short_sequences: bool,
) -> tuple[Array, Array]:
    rows = []
    for begin, end in itertools.pairwise(splits):
        row: list[str] = []
        for width in ngram_widths:
            pad = width - 1 if pad_width < 0 else min(pad_width, width - 1)
            padded = [left_pad] * pad + data[begin:end].tolist() + [right_pad] * pad
            row += [separator.join(padded[i : i + width]) for i in range(len(padded) - width + 1)]
        if preserve_short_sequences and not row and end > begin:
            row = [separator.join(data[begin:end])]
        rows.append(row)
    values, found = _rows(rows)
    return values, found.astype(splits.dtype)


def _decode(x: Array, replace_control_characters: bool, **_: Any) -> tuple[Array, Array, Array]:
    splits, values, starts = [0], [], []
    for text in x.ravel():
        at = 0
        for char in text:
            values.append(0xFFFD if replace_control_characters and ord(char) < 32 else ord(char))
            starts.append(at)
            at += len(char.encode())
        splits.append(len(values))
    return np.array(splits, np.int64), np.array(values, np.int32), np.array(starts, np.int64)


def _encode(values: Array, splits: Array, **_: Any) -> Array:
    rows = itertools.pairwise(splits)
    return np.array(["".join(map(chr, values[a:b])) for a, b in rows], object)


def _controls(x: Array, **_: Any) -> Array:
    return _each(lambda s: re.sub("[\x00-\x1f]", "\ufffd", s), x)


def _index(keys: Array) -> Array:
    slots = 1
    while slots < 2 * len(keys):
        slots *= 2
    out = np.full(slots, -1, np.int64)
    for i, key in enumerate(keys.tolist()):
        if keys.dtype == object:
            at = _fingerprint(key) % slots
        else:
            at = _fingerprint_of(keys[i].tobytes()) % slots
        while out[at] >= 0 and keys[out[at]] != keys[i]:
            at = (at + 1) % slots
        out[at] = out[at] if out[at] >= 0 else i
    return out


_SCRIPTS = {97: 25, 1076: 8, 19968: 17, 64: 0}  # as ICU numbers them

references: dict[str, Reference] = {
    "string_length": _length,
    "string_lower": lambda x, encoding: _case(x, encoding, str.lower, bytes.lower),
    "string_upper": lambda x, encoding: _case(x, encoding, str.upper, bytes.upper),
    "string_strip": lambda x: _each(str.strip, x),
    "string_substr": _substr,
    "string_join": _join,
    "string_reduce_join": _reduce_join,
    "string_unsorted_segment_join": _segment_join,
    "string_to_hash_bucket_fast": lambda x, num_buckets: _each(
        lambda s: _fingerprint(s) % num_buckets, x, np.int64
    ),
    "string_to_hash_bucket": lambda x, num_buckets: _each(lambda s: _murmur(s) % num_buckets, x, np.int64),
    "string_to_hash_bucket_strong": lambda x, num_buckets, key: _each(
        lambda s: _siphash(s, key) % num_buckets, x, np.int64
    ),
    "string_regex_full_match": lambda x, pattern: _each(
        lambda s: re.fullmatch(str(pattern), s) is not None, x, bool
    ),
    "string_regex_replace": lambda x, pattern, rewrite, replace_global: _each(
        lambda s: re.sub(
            str(pattern), re.sub(r"\\(\d)", r"\\g<\1>", str(rewrite)), s, count=0 if replace_global else 1
        ),
        x,
    ),
    "string_to_number": lambda x, out_type: _each(float if "float" in out_type else int, x, out_type),
    "string_as_string": _as_string,
    "string_split": _split,
    "string_bytes_split": lambda x: _rows([list(text) for text in x.ravel()]),
    "string_ngrams": _ngrams,
    "unicode_decode_with_offsets": _decode,
    "unicode_encode": _encode,
    "unicode_transcode": _controls,
    "table_index": _index,
    "table_find": lambda keys, index, query: np.full(
        query.shape, -1, np.int64
    ),  # the sample's index is empty
    "unicode_script": lambda x: _each(lambda v: _SCRIPTS.get(v, -1), x, np.int32),
}
