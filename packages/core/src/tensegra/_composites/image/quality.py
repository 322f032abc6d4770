"""How images differ, and how they vary."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensegra as tg
from tensegra._errors import InvalidArgumentError
from tensegra._public import public
from tensegra._tensor import Tensor, convert_to_tensor
from tensegra._typing import TensorLike

from ._shapes import as_images, height_and_width
from .convert import convert_image_dtype

_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


@public("image.psnr")
def psnr(a: TensorLike, b: TensorLike, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of pairs of images, in decibels.

    Args:
        a: A tensor (..., height, width, channels).
        b: Another of the same shape and dtype.
        max_val: The largest value that the images may have minus the least.
        name: Ignored.

    Returns:
        A float32 tensor of shape (...); infinity where the images are equal.

    >>> import tensegra as tg
    >>> tg.image.psnr(tg.zeros((1, 1, 1)), tg.ones((1, 1, 1)), max_val=10.0).numpy().item()
    20.0
    """
    top, first, second = _comparable(a, b, max_val)
    error = tg.reduce_mean(tg.math.squared_difference(first, second), axis=[-3, -2, -1])
    scale = 10.0 / float(np.log(10.0))
    return (2.0 * tg.math.log(top) - tg.math.log(error)) * scale


@public("image.ssim")
def ssim(
    img1: TensorLike,
    img2: TensorLike,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> Tensor:
    """The structural similarity of pairs of images (Z. Wang et al., "Image quality assessment", 2004).

    Args:
        img1: A tensor (..., height, width, channels), at least `filter_size` high and wide.
        img2: Another of the same shape and dtype.
        max_val: The largest value that the images may have minus the least.
        filter_size: Size of the Gaussian window.
        filter_sigma: Its width.
        k1: Keeps the means' quotient stable.
        k2: Keeps the variances' quotient stable.
        return_index_map: Whether the similarity of each window is wanted instead of its mean.

    Returns:
        A float32 tensor of shape (...), or (..., windows down, windows across) for the map.

    >>> import tensegra as tg
    >>> tg.image.ssim(tg.ones((16, 16, 1)), tg.ones((16, 16, 1)), max_val=1.0).numpy().item()
    1.0
    """
    top, first, second = _comparable(img1, img2, max_val)
    similarity, _ = _similarities(first, second, _channels(first), top, filter_size, filter_sigma, k1, k2)
    # over windows, then over channels
    return tg.reduce_mean(similarity, axis=[-1] if return_index_map else [-3, -2, -1])


@public("image.ssim_multiscale")
def ssim_multiscale(
    img1: TensorLike,
    img2: TensorLike,
    max_val: Any,
    power_factors: Any = _POWERS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity over several scales (Z. Wang et al., "Multiscale structural similarity", 2003).

    Args:
        img1: A tensor (..., height, width, channels), large enough to be halved for all scales but one.
        img2: Another of the same shape and dtype.
        max_val: The largest value that the images may have minus the least.
        power_factors: The weight of each scale, finest first.
        filter_size: As for `ssim`.
        filter_sigma: As for `ssim`.
        k1: As for `ssim`.
        k2: As for `ssim`.

    Returns:
        A float32 tensor of shape (...).

    >>> import tensegra as tg
    >>> image = tg.ones((32, 32, 1))
    >>> tg.image.ssim_multiscale(image, image, 1.0, power_factors=(0.5, 0.5)).numpy().item()
    1.0
    """
    top, first, second = _comparable(img1, img2, max_val)
    shape, channels = tg.shape(first), _channels(first)
    lead = shape[:-3]
    first, second = (tg.reshape(each, tg.concat([[-1], shape[-3:]], 0)) for each in (first, second))
    scales = []
    for level, power in enumerate(power_factors):
        if level:
            first, second = _halved(first), _halved(second)
        similarity, contrast = _similarities(first, second, channels, top, filter_size, filter_sigma, k1, k2)
        last = level == len(power_factors) - 1
        kind = tg.reduce_mean(similarity if last else contrast, axis=[-3, -2])
        scales.append(tg.pow(tg.nn.relu(kind), tg.constant(power, tg.float32)))
    product = tg.reduce_prod(tg.stack(scales, -1), axis=[-1])
    return tg.reshape(tg.reduce_mean(product, axis=[-1]), lead)


def _halved(batch: Tensor) -> Tensor:
    # A last row or column without a partner counts twice.
    height, width = height_and_width(batch)
    batch = tg.concat([batch, batch[:, height - height % 2 : height]], 1)
    batch = tg.concat([batch, batch[:, :, width - width % 2 : width]], 2)
    return tg.nn.avg_pool2d(batch, 2, 2, "VALID")


def _similarities(
    first: Tensor, second: Tensor, channels: int, top: Tensor, size: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """Similarity and contrast of each window and channel."""
    height, width = first.shape.as_list()[-3:-1]
    for known in (height, width):
        if known is not None and known < size:
            raise InvalidArgumentError(
                f"[image.ssim] images must be at least filter_size={size} high and wide. "
                f"Received: shape={first.shape}. Choose a smaller filter_size.",
                code="TG-0105",
            )
    places = np.arange(size) - (size - 1) / 2
    window = np.exp(-0.5 * (places / sigma) ** 2)
    kernel = np.outer(window, window)
    kernel /= kernel.sum()
    filters = tg.constant(np.tile(kernel[:, :, None, None], (1, 1, channels, 1)), tg.float32)

    def mean(values: Tensor) -> Tensor:
        shape = tg.shape(values)
        flat = tg.reshape(values, tg.concat([[-1], shape[-3:]], 0))
        found = tg.nn.depthwise_conv2d(flat, filters, [1, 1, 1, 1], "VALID")
        return tg.reshape(found, tg.concat([shape[:-3], tg.shape(found)[1:]], 0))

    c1, c2 = (k1 * top) ** 2.0, (k2 * top) ** 2.0
    mean1, mean2 = mean(first), mean(second)
    both = 2.0 * mean1 * mean2
    squares = mean1 * mean1 + mean2 * mean2
    luminance = (both + c1) / (squares + c1)
    contrast = (2.0 * mean(first * second) - both + c2) / (
        mean(first * first + second * second) - squares + c2
    )
    return luminance * contrast, contrast


def _channels(image: Tensor) -> int:
    channels = image.shape.as_list()[-1]
    if channels is None:
        raise InvalidArgumentError(
            f"[image] the number of channels must be known. Received: shape={image.shape}. "
            "Give the function an input_signature with a known last size.",
            code="TG-0103",
        )
    return int(channels)


def _comparable(a: TensorLike, b: TensorLike, max_val: Any) -> tuple[Tensor, Tensor, Tensor]:
    first, second = convert_to_tensor(a), convert_to_tensor(b)
    rank = first.shape.rank
    if (
        first.dtype != second.dtype
        or rank is None
        or rank < 3
        or not first.shape.is_compatible_with(second.shape)
    ):
        raise InvalidArgumentError(
            "[image] the images must have the same dtype and shape, of rank 3 or more. Received: "
            f"{first.dtype.name} {first.shape} and {second.dtype.name} {second.shape}.",
            code="TG-0105",
        )
    top = convert_image_dtype(tg.cast(max_val, first.dtype), tg.float32)
    return top, convert_image_dtype(first, tg.float32), convert_image_dtype(second, tg.float32)


@public("image.total_variation")
def total_variation(images: TensorLike, name: str | None = None) -> Tensor:
    """The sum of the absolute differences of neighbouring pixels.

    Args:
        images: A tensor (height, width, channels) or (batch, height, width, channels).
        name: Ignored.

    Returns:
        A scalar, or a tensor (batch,), of the same dtype.

    >>> import tensegra as tg
    >>> tg.image.total_variation([[[1.0], [3.0]], [[1.0], [1.0]]]).numpy().item()
    4.0
    """
    tensor = as_images(images, "total_variation")
    down = tg.abs(tensor[..., 1:, :, :] - tensor[..., :-1, :, :])
    across = tg.abs(tensor[..., :, 1:, :] - tensor[..., :, :-1, :])
    axes = [-3, -2, -1]
    return tg.reduce_sum(down, axis=axes) + tg.reduce_sum(across, axis=axes)


@public("image.image_gradients")
def image_gradients(image: TensorLike) -> tuple[Tensor, Tensor]:
    """Differences to the next row and to the next column; the last ones are 0.

    Args:
        image: A tensor (batch, height, width, channels).

    Returns:
        A pair (dy, dx) of tensors of the same shape and dtype.

    >>> import tensegra as tg
    >>> dy, dx = tg.image.image_gradients([[[[1.0], [4.0]]]])
    >>> dx.numpy().ravel().tolist()
    [3.0, 0.0]
    """
    tensor = as_images(image, "image_gradients", (4,))
    dy = tg.pad(tensor[:, 1:] - tensor[:, :-1], [[0, 0], [0, 1], [0, 0], [0, 0]])
    dx = tg.pad(tensor[:, :, 1:] - tensor[:, :, :-1], [[0, 0], [0, 0], [0, 1], [0, 0]])
    return dy, dx


@public("image.sobel_edges")
def sobel_edges(image: TensorLike) -> Tensor:
    """Sobel's derivatives down and across; the border is mirrored.

    Args:
        image: A floating-point tensor (batch, height, width, channels) of at least 2 by 2 pixels.

    Returns:
        A tensor (batch, height, width, channels, 2): down, then across.

    >>> import tensegra as tg
    >>> edges = tg.image.sobel_edges(tg.reshape(tg.range(9.0), (1, 3, 3, 1)))
    >>> edges.numpy()[0, 1, 1, 0].tolist()
    [24.0, 8.0]
    """
    tensor = as_images(image, "sobel_edges", (4,))
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float64)
    channels = _channels(tensor)
    kernels = np.stack([down, down.T], -1)[:, :, None, :]
    filters = tg.constant(np.tile(kernels, (1, 1, channels, 1)), tensor.dtype)
    padded = tg.pad(tensor, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    found = tg.nn.depthwise_conv2d(padded, filters, [1, 1, 1, 1], "VALID")
    return tg.reshape(found, tg.concat([tg.shape(tensor), [2]], 0))
